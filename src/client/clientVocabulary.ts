// What the signatures of an MqttClient speak of, so that its users import one file.
export type { ClientDependencies, ClientOptions, ClientState, Inheritance, Retry } from './clientOptions';
export type * from './clientMessages';
export type { DisconnectOutcome, DroppedFromConnect, SubscriptionOption } from './droppedProperties';
export type { DisconnectOptions } from './connectionLoop';
export type { KeptFailure } from './keptFailures';
export type { ReconnectOptions } from './reconnectPolicy';
export { RequestError, type RequestFailure, type RequestOptions } from './requester';
export { mostFiltersTogether, type Resubscription } from './resubscription';
export { ClientError, PublishError } from './clientFailure';
export type { ClientFailure, PublishFailure, QueueBound } from './clientFailure';
