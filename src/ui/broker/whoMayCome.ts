import { rulesNameUsers } from '../../broker/access/topicRules';
import { anonymousAccess } from '../../broker/access/userAccess';
import type { User } from '../../broker/access/userFile';
import type { BrokerConfiguration, BrokerListener } from './brokerConfiguration';

/** What is wrong with a broker that has no users, if anything is. */
export function lackOfUsers({
  anonymous,
  rules,
  tls,
}: BrokerConfiguration): 'nobodyMayCome' | 'rulesWithoutUsers' | undefined {
  if (tls.clientCertificates !== 'none') return undefined;
  if (anonymous === 'never') return 'nobodyMayCome';
  return rulesNameUsers(rules) ? 'rulesWithoutUsers' : undefined;
}

/** Whether somebody gets in from another computer who shows neither a password nor a certificate. */
export function letsStrangersIn(
  { anonymous, listeners, tls }: Pick<BrokerConfiguration, 'anonymous' | 'listeners' | 'tls'>,
  users: ReadonlyMap<string, User>,
): boolean {
  const isAsked = ({ protocol }: BrokerListener) =>
    tls.clientCertificates === 'require' && (protocol === 'tls' || protocol === 'wss');
  if (listeners.every(isAsked)) return false;
  return anonymousAccess({ users, ...(anonymous && { anonymous }) }) === 'always';
}
