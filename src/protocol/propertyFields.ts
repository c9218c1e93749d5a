import type { PropertyDefinition, PropertyScope } from './properties';
import { propertyTable } from './properties';
import { showBytes, showDuration } from './show';
import type { Field, LengthField } from './wire';
import { field } from './wire';

function showing({ unit, meanings }: PropertyDefinition): Field['show'] {
  if (unit === 's') return showDuration;
  if (unit === 'bytes') return showBytes;
  return (
    meanings && ((value) => (meanings[value] === undefined ? undefined : `${value} (${meanings[value]})`))
  );
}

/** The value field of each property in each place, made once: `identifier -> scope -> field`. */
const valueFields: readonly ReadonlyMap<PropertyScope, Field>[] = Array.from(
  { length: 0x2b },
  (_, identifier) => {
    const definition = propertyTable.find((candidate) => candidate.identifier === identifier);
    const sections = Object.entries(definition?.sections ?? {}) as [PropertyScope, string][];
    const show = definition && showing(definition);
    return new Map(
      sections.map(([scope, section]) => [
        scope,
        field(definition?.name ?? '', section, show ? { show } : {}),
      ]),
    );
  },
);

/** Name and value of a pair, in each place; its section is that of the property it belongs to. */
const pairFields: ReadonlyMap<string, { readonly name: Field; readonly value: Field }> = new Map(
  [...new Set(propertyTable.flatMap((definition) => Object.values(definition.sections)))].map((section) => [
    section,
    { name: field('Name', section), value: field('Value', section) },
  ]),
);
const pairAnywhere = { name: field('Name', '1.5.7'), value: field('Value', '1.5.7') };

const misplaced = new Map<string, Field>(
  propertyTable.map((definition) => [definition.key, field(definition.name, '2.2.2.2')]),
);

const length: LengthField = {
  name: 'Property Length',
  section: '2.2.2.1',
  beyond: 'propertyLengthBeyondPacket',
};

const names: readonly (string | undefined)[] = Array.from(
  { length: 0x2b },
  (_, identifier) => propertyTable.find((definition) => definition.identifier === identifier)?.name,
);

export const propertyFields = {
  properties: field('Properties', '2.2.2'),
  willProperties: field('Will Properties', '3.1.3.2'),
  length,
  property: field('Property', '2.2.2.2', { group: 'namedByFirst' }),
  identifier: field('Identifier', '2.2.2.2', { show: (value) => names[value] }),
  pair(section: string): { readonly name: Field; readonly value: Field } {
    return pairFields.get(section) ?? pairAnywhere;
  },
  /** The field of a property's value; where it is not allowed, that of the property itself. */
  value(definition: PropertyDefinition, scope: PropertyScope): Field {
    return (
      valueFields[definition.identifier]?.get(scope) ??
      misplaced.get(definition.key) ??
      propertyFields.property
    );
  },
} as const;
