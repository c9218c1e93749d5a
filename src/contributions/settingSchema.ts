type SettingType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

/** The part of JSON Schema that settings use. */
export interface SettingSchema {
  readonly type: SettingType | readonly SettingType[];
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly items?: SettingSchema;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SettingSchema;
  readonly defaultSnippets?: readonly object[];
}
