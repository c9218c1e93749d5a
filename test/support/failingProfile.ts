import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { plainTcp } from '../../src/ui/connections/networkProfile';

/** A connection to tell failures of. */
export const failingProfile: ConnectionProfile = {
  key: 'user:bench',
  scope: 'user',
  name: 'bench',
  host: 'broker.local',
  port: 1884,
  network: plainTcp,
  version: '5.0',
  userName: 'ada',
  clientId: undefined,
  cleanStart: true,
  keepAlive: 30,
  reconnect: true,
};
