import type { Described, Vocabulary } from '../where/vocabulary';
import { packetTypeNames } from './controlPacket';
import { propertyTable } from './properties';
import { reasonCodeTable } from './reasonCodes';
import { topicFilterProblem } from './topics';
import { describeViolation, violationAt, violationTable } from './violations';

const rows: readonly Described[] = [
  { name: 'unframed', description: 'bytes that are no packet' },
  {
    name: 'incomplete',
    description: 'a packet that the end of the connection, or a gap of a capture, cut off',
  },
  { name: 'note', description: 'a place of a capture file that is not there or cannot be read' },
  { name: 'RESERVED', description: 'the forbidden packet type 0' },
];

const severities: readonly Described[] = [
  { name: 'violation', description: 'what breaks a rule' },
  { name: 'deprecated', description: 'what a newer version does otherwise' },
  { name: 'suspicious', description: 'what is allowed and is hardly meant' },
];

/** What `where` expressions know of MQTT. */
export const whereVocabulary: Vocabulary = {
  packets: [
    ...packetTypeNames
      .filter((name) => name !== 'RESERVED')
      .map((name) => ({ name, description: 'packet type' })),
    ...rows,
  ],
  properties: propertyTable
    .filter(({ key }) => key !== 'userProperties')
    .map(({ key, name }) => ({ name: key, description: name })),
  violations: [
    ...severities,
    ...Object.entries(violationTable).map(([name, { message }]) => ({
      name,
      description: message.replace('{value}', '…'),
    })),
  ],
  reasons: reasonCodeTable.map(({ code, name }) => ({ code, name })),
  topicFilterProblem: (topicFilter) => {
    const problem = topicFilterProblem(topicFilter, false);
    return problem && describeViolation(violationAt(problem, 0, topicFilter), 5).message;
  },
};
