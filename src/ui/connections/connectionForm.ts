import { connectionDefaults, type VersionName } from '../../contributions/settings';
import { askSteps, type PickStepItem, type Step } from '../reporting/askSteps';
import { type ConnectionProfile, nameProblem, type ProfileScope } from './connectionProfile';
import { answeredNetwork, type NetworkField, networkSteps, serverUrlOf } from './networkForm';
import { keepsPassword } from './profileWriter';
import { answeredSession, type SessionField, sessionSteps } from './sessionForm';

export interface ConnectionFormResult {
  readonly scope: ProfileScope;
  readonly profile: Omit<ConnectionProfile, 'key' | 'scope'>;
  /** Undefined: keep the one there is. */
  readonly password: string | undefined;
}

export interface ConnectionFormOptions {
  /** The connection to change; undefined for a new one. */
  readonly edited: ConnectionProfile | undefined;
  readonly hasPassword: boolean;
  readonly hasWorkspace: boolean;
  /** Names of all other connections, of both scopes: one name for two would leave people guessing. */
  readonly takenNames: readonly string[];
}

type Field = 'name' | NetworkField | 'version' | 'userName' | 'password' | 'end' | SessionField | 'scope';

type Answers = Readonly<Partial<Record<Field, string>>>;

const versionItems: readonly (PickStepItem & { readonly value: VersionName })[] = [
  { value: '5.0', label: 'MQTT 5.0', description: 'properties and reason codes' },
  { value: '3.1.1', label: 'MQTT 3.1.1', description: 'what most devices speak' },
  { value: '3.1', label: 'MQTT 3.1', description: 'old devices' },
  { value: 'automatic', label: 'Automatic', description: '5.0, or 3.1.1 where the server refuses that' },
];

const scopeItems: readonly (PickStepItem & { readonly value: ProfileScope })[] = [
  { value: 'user', label: 'User settings', description: 'for you, in every workspace' },
  { value: 'workspace', label: 'Workspace settings', description: 'for everybody who opens this workspace' },
];

const saveItem: PickStepItem = { value: 'save', label: 'Save' };
const moreItem: PickStepItem = {
  value: 'more',
  label: 'More options first…',
  description: 'Client Identifier, session, will',
};

/** Asks for everything a connection needs. Resolves with undefined when the person gives up. */
export async function askConnection(
  options: ConnectionFormOptions,
): Promise<ConnectionFormResult | undefined> {
  const { edited } = options;
  const answers = await askSteps(edited ? `Edit ${edited.name}` : 'Add Connection', formSteps(options));
  return answers && answeredConnection(answers, options);
}

/** What was answered, on top of what the settings say and the form does not ask. */
export function answeredConnection(
  answers: Readonly<Record<Field, string>>,
  options: ConnectionFormOptions,
): ConnectionFormResult {
  const { edited } = options;
  const url = serverUrlOf(answers);
  const userName = url?.userName ?? answers.userName;
  const password = url?.password ?? answers.password;
  const scope = edited?.scope ?? scopeOf(answers);
  const profile = {
    ...answeredSession(answers, edited, wantsMore(answers)),
    keepAlive: edited?.keepAlive ?? connectionDefaults.keepAlive,
    reconnect: edited?.reconnect ?? connectionDefaults.reconnect,
    name: answers.name,
    ...answeredNetwork(answers, edited, scope),
    version: answers.version as VersionName,
    userName: userName === '' ? undefined : userName,
  };
  return {
    scope,
    profile,
    password: keepsPassword(options, { ...profile, password }) ? undefined : password,
  };
}

/** The steps of the form. A URL in the place of the host answers those for user name and password too. */
export function formSteps({
  edited,
  hasPassword,
  hasWorkspace,
  takenNames,
}: ConnectionFormOptions): readonly Step<Field>[] {
  const asksScope = edited === undefined && hasWorkspace;
  return [
    {
      key: 'name',
      label: 'Name',
      prompt: 'Name of the connection',
      placeholder: 'bench',
      initial: () => edited?.name ?? '',
      problem: (name) =>
        nameProblem(name) ??
        (takenNames.includes(name) ? `There is a connection called "${name}" already.` : undefined),
    },
    ...networkSteps(edited),
    {
      key: 'version',
      label: 'Protocol Version',
      prompt: 'Protocol version',
      initial: () => edited?.version ?? connectionDefaults.version,
      items: versionItems,
    },
    {
      key: 'userName',
      label: 'User Name',
      prompt: 'User name; leave it empty if the server asks for none',
      initial: () => edited?.userName ?? '',
      when: (answers) => serverUrlOf(answers)?.userName === undefined,
    },
    {
      key: 'password',
      label: 'Password',
      prompt: hasPassword
        ? edited?.connect?.authentication === undefined
          ? 'Password; leave it empty to keep the one that is stored'
          : 'Password; leave it empty to keep the one that is stored, which stays for MQTT 5.0 only'
        : 'Password; it goes into the secret storage, never into the settings',
      password: true,
      when: (answers) => {
        const url = serverUrlOf(answers);
        return url?.password === undefined && (url?.userName ?? answers.userName ?? '') !== '';
      },
    },
    {
      key: 'end',
      label: asksScope ? 'Save In' : 'Save',
      prompt: asksScope ? 'Where to save the connection' : 'Save the connection',
      items: [...(asksScope ? scopeItems : [saveItem]), moreItem],
    },
    ...sessionSteps<Field>(edited, wantsMore),
    {
      key: 'scope',
      label: 'Save In',
      prompt: 'Where to save the connection',
      items: scopeItems,
      when: (answers) => asksScope && wantsMore(answers),
    },
  ];
}

function wantsMore({ end }: Answers): boolean {
  return end === moreItem.value;
}

function scopeOf({ end, scope }: Answers): ProfileScope {
  return (end === moreItem.value ? scope : end) === 'workspace' ? 'workspace' : 'user';
}
