import type { ViolationId } from './violations';

/** What is wrong with a Topic Name to publish to, or undefined (4.7.1, 4.7.3). */
export function topicNameProblem(topicName: string): ViolationId | undefined {
  if (topicName.length === 0) return 'topicNameEmpty'; // [MQTT-4.7.3-1]
  if (topicName.includes('+') || topicName.includes('#')) return 'topicNameWildcard'; // [MQTT-4.7.0-1] [MQTT-3.3.2-2]
  if (topicName.includes('\0')) return 'nullCharacter'; // [MQTT-4.7.3-2]
  return undefined;
}

const sharePrefix = '$share/';

/** A shared subscription's ShareName and Topic Filter (4.8.2); `shareName` is undefined for an ordinary filter. */
export function splitSharedFilter(topicFilter: string): {
  readonly shareName?: string;
  readonly filter: string;
} {
  if (!topicFilter.startsWith(sharePrefix)) return { filter: topicFilter };
  const slash = topicFilter.indexOf('/', sharePrefix.length);
  if (slash < 0) return { shareName: topicFilter.slice(sharePrefix.length), filter: '' };
  return { shareName: topicFilter.slice(sharePrefix.length, slash), filter: topicFilter.slice(slash + 1) };
}

/** What is wrong with a Topic Filter, or undefined (4.7.1, 4.7.3; with `shared` also 4.8.2, which is new in 5.0). */
export function topicFilterProblem(topicFilter: string, shared = true): ViolationId | undefined {
  if (topicFilter.length === 0) return 'topicFilterEmpty'; // [MQTT-4.7.3-1]
  if (topicFilter.includes('\0')) return 'nullCharacter'; // [MQTT-4.7.3-2]
  const { shareName, filter } = shared ? splitSharedFilter(topicFilter) : { filter: topicFilter };
  if (shareName !== undefined) {
    if (shareName === '' || shareName.includes('+') || shareName.includes('#')) return 'shareNameMissing'; // [MQTT-4.8.2-1]
    if (filter === '') return 'sharedFilterMissing'; // [MQTT-4.8.2-2]
  }
  const multi = filter.indexOf('#');
  if (multi >= 0 && (multi !== filter.length - 1 || (multi > 0 && filter[multi - 1] !== '/'))) {
    return 'topicFilterMultiLevelWildcard'; // [MQTT-4.7.1-1]
  }
  for (let at = filter.indexOf('+'); at >= 0; at = filter.indexOf('+', at + 1)) {
    const wholeLevel =
      (at === 0 || filter[at - 1] === '/') && (at === filter.length - 1 || filter[at + 1] === '/');
    if (!wholeLevel) return 'topicFilterSingleLevelWildcard'; // [MQTT-4.7.1-2]
  }
  return undefined;
}

/** Whether a Topic Filter (without `$share`) matches a Topic Name, byte for byte (4.7) [MQTT-4.7.3-4]. */
export function topicMatches(topicFilter: string, topicName: string): boolean {
  // [MQTT-4.7.2-1]
  if (topicName.startsWith('$') && (topicFilter.startsWith('#') || topicFilter.startsWith('+'))) return false;
  const filterLevels = topicFilter.split('/');
  const nameLevels = topicName.split('/');
  for (const [index, level] of filterLevels.entries()) {
    if (level === '#') return true;
    const name = nameLevels[index];
    if (name === undefined || (level !== '+' && level !== name)) return false;
  }
  return filterLevels.length === nameLevels.length;
}
