import type { PickStepItem } from './askSteps';

/** What a form offers for the QoS of a message. */
export const qosItems: readonly (PickStepItem & { readonly value: '0' | '1' | '2' })[] = [
  { value: '0', label: 'QoS 0', description: 'at most once' },
  { value: '1', label: 'QoS 1', description: 'at least once' },
  { value: '2', label: 'QoS 2', description: 'exactly once' },
];

/** What a form offers for its RETAIN flag. */
export const retainItems: readonly (PickStepItem & { readonly value: 'no' | 'yes' })[] = [
  { value: 'no', label: 'Not retained', description: 'only whoever is subscribed now gets it' },
  { value: 'yes', label: 'Retained', description: 'the server keeps it for later subscribers' },
];
