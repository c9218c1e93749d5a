import {
  connectProperties,
  defaultSessionExpiry,
  type PayloadEncoding,
  type WillSetting,
} from '../../contributions/connectSettings';
import { connectionDefaults, type VersionName } from '../../contributions/settings';
import type { QoS } from '../../protocol/controlPacket';
import type { PickStepItem, Step } from '../reporting/askSteps';
import { qosItems, retainItems } from '../reporting/messageItems';
import { type ConnectProfile, fittedConnect, maySpeak5 } from './connectProfile';
import { type ConnectionProfile, needsIdentifier } from './connectionProfile';
import { blankless, lengthProblem, numberProblem, topicProblem } from './fieldProblems';
import { willPayloadProblem } from './willProfile';

export type SessionField =
  | 'session'
  | 'clientId'
  | 'sessionExpiry'
  | 'will'
  | 'willTopic'
  | 'willPayload'
  | 'willQos'
  | 'willRetain'
  | 'willDelay';

/** The part of a connection that these steps change. */
export type SessionPart = Pick<ConnectionProfile, 'clientId' | 'cleanStart' | 'connect'>;

type Answers = Readonly<Partial<Record<SessionField | 'version', string>>>;

const sessionItems: readonly PickStepItem[] = [
  { value: 'clean', label: 'A new session each time', description: 'nothing is kept for this client' },
  { value: 'resume', label: 'Resume the session', description: 'subscriptions and messages wait for it' },
];

const willItems: readonly PickStepItem[] = [
  { value: 'no', label: 'No will' },
  { value: 'yes', label: 'A will message…', description: 'published when the connection breaks' },
];

const payloadPrompts: Readonly<Record<PayloadEncoding, string>> = {
  text: 'Payload of the will, as UTF-8 text',
  hex: 'Payload of the will, as hexadecimal digits',
  base64: 'Payload of the will, as Base64',
};

/** Asks for Client Identifier, session and will; `asked` says whether a person wants to be asked. */
export function sessionSteps<K extends string>(
  edited: SessionPart | undefined,
  asked: (answers: Readonly<Partial<Record<K | SessionField, string>>>) => boolean,
): readonly Step<K | SessionField>[] {
  const { will, sessionExpiry } = edited?.connect ?? {};
  const encoding = will?.payloadEncoding ?? 'text';
  type Given = Parameters<typeof asked>[0];
  const withWill = (answers: Given) => asked(answers) && (answers as Answers).will === 'yes';
  const seconds = (field: string, value: string, schema: Parameters<typeof numberProblem>[1]) => {
    const problem = numberProblem(secondsOf(value), schema);
    return problem && `${field} ${problem}`;
  };
  return [
    {
      key: 'session',
      label: 'Session',
      prompt: 'Which session to start with',
      items: sessionItems,
      initial: () => (edited?.cleanStart === false ? 'resume' : 'clean'),
      when: asked,
    },
    {
      key: 'clientId',
      label: 'Client Identifier',
      prompt: 'Client Identifier; leave it empty, and each window makes up one of its own',
      placeholder: 'workbench-1',
      initial: () => edited?.clientId ?? '',
      problem: (clientId, answers) => {
        const { session, version = '' } = answers as Answers;
        // A form that nobody wants to see more of does not ask for the session.
        const isResumed = session === 'resume' || (!asked(answers) && edited?.cleanStart === false);
        if (blankless(clientId) === undefined && isResumed && needsIdentifier(version)) {
          return 'A session can be resumed only under a Client Identifier that stays the same.';
        }
        const problem = lengthProblem(clientId);
        return problem && `The Client Identifier ${problem}`;
      },
      when: (answers) => asked(answers) || lacksIdentifier(edited, answers),
    },
    {
      key: 'sessionExpiry',
      label: 'Session Expiry',
      prompt: `How many seconds the server keeps the session after the connection ends; empty: ${defaultSessionExpiry} where it is resumed, else 0`,
      initial: () => (sessionExpiry === undefined ? '' : String(sessionExpiry)),
      problem: (value) => seconds('Session Expiry', value, connectProperties.sessionExpiry),
      when: (answers) => asked(answers) && maySpeak5((answers as Answers).version ?? ''),
    },
    {
      key: 'will',
      label: 'Will',
      prompt: 'Message that the server publishes when the connection breaks',
      items: willItems,
      initial: () => (will === undefined ? 'no' : 'yes'),
      when: asked,
    },
    {
      key: 'willTopic',
      label: 'Will Topic',
      prompt: 'Topic to publish the will to',
      placeholder: 'clients/workbench/state',
      initial: () => will?.topic ?? '',
      problem: (topic) => {
        const problem = topicProblem(topic);
        return problem && `The topic ${problem}`;
      },
      when: withWill,
    },
    {
      key: 'willPayload',
      label: 'Will Payload',
      prompt: payloadPrompts[encoding],
      placeholder: encoding === 'text' ? 'offline' : '',
      initial: () => will?.payload ?? '',
      problem: (payload, answers) => {
        // What 5.0 alone knows goes with the version.
        const isText = will?.payloadFormatIndicator === 1 && maySpeak5((answers as Answers).version ?? '');
        const problem = willPayloadProblem(payload, encoding, isText);
        return problem && `The payload ${problem}`;
      },
      when: (answers) => withWill(answers) && fitsOneLine(will?.payload),
    },
    {
      key: 'willQos',
      label: 'Will QoS',
      prompt: 'Quality of service of the will',
      items: qosItems,
      initial: () => String(will?.qos ?? 0),
      when: withWill,
    },
    {
      key: 'willRetain',
      label: 'Will Retain',
      prompt: 'Whether the server keeps the will as the retained message',
      items: retainItems,
      initial: () => (will?.retain === true ? 'yes' : 'no'),
      when: withWill,
    },
    {
      key: 'willDelay',
      label: 'Will Delay',
      prompt: 'How many seconds the server waits before it publishes the will; empty for none',
      initial: () => (will?.delay === undefined ? '' : String(will.delay)),
      problem: (value) => seconds('Will Delay', value, connectProperties.will.properties.delay),
      when: (answers) => withWill(answers) && maySpeak5((answers as Answers).version ?? ''),
    },
  ];
}

/** What was answered, on top of what the settings say and the form does not ask; `asked` as in {@link sessionSteps}. */
export function answeredSession(
  answers: Readonly<Record<SessionField | 'version', string>>,
  edited: SessionPart | undefined,
  asked: boolean,
): SessionPart {
  const { clientId, cleanStart = connectionDefaults.cleanStart, connect = {} } = edited ?? {};
  const { sessionExpiry: expiryBefore, will: willBefore, ...rest } = connect;
  const will = asked ? answeredWill(answers, willBefore) : willBefore;
  const sessionExpiry = asked ? secondsOf(answers.sessionExpiry) : expiryBefore;
  const after: ConnectProfile = fittedConnect(
    { ...rest, ...(sessionExpiry !== undefined && { sessionExpiry }), ...(will && { will }) },
    answers.version as VersionName,
  );
  return {
    clientId: asked || lacksIdentifier(edited, answers) ? blankless(answers.clientId) : clientId,
    cleanStart: asked ? answers.session !== 'resume' : cleanStart,
    ...(Object.keys(after).length > 0 && { connect: after }),
  };
}

function answeredWill(
  answers: Readonly<Record<SessionField, string>>,
  before: WillSetting | undefined,
): WillSetting | undefined {
  if (answers.will !== 'yes') return undefined;
  const payload = fitsOneLine(before?.payload) ? answers.willPayload : before?.payload;
  const delay = secondsOf(answers.willDelay);
  return {
    ...(before && withoutAsked(before)),
    topic: answers.willTopic,
    ...(payload !== undefined && payload !== '' && { payload }),
    ...(answers.willQos !== '0' && { qos: Number(answers.willQos) as QoS }),
    ...(answers.willRetain === 'yes' && { retain: true }),
    ...(delay !== undefined && { delay }),
  };
}

/** What of a will the form does not ask for. */
function withoutAsked({
  payload: _payload,
  qos: _qos,
  retain: _retain,
  delay: _delay,
  ...rest
}: WillSetting): WillSetting {
  return rest;
}

/** Whether the version that was chosen cannot resume the session as 5.0 did: without an identifier of the settings. */
function lacksIdentifier(edited: SessionPart | undefined, { version = '' }: Answers): boolean {
  return edited?.cleanStart === false && edited.clientId === undefined && needsIdentifier(version);
}

/** Undefined where nothing was entered, and NaN where that is no number. */
function secondsOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^\d+$/.test(trimmed) ? Number(trimmed) : NaN;
}

/** A box has one line, and would make one of several: such a payload stays as the settings have it. */
function fitsOneLine(payload = ''): boolean {
  return !/[\r\n]/.test(payload);
}
