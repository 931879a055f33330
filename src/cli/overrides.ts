import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/**
 * What `--set kafka.version=3.9.1` says: by system, the keys of its topology that are replaced. A
 * value is read as JSON where it is some (3, true), and as text otherwise (3.9.1). What stands
 * behind a second dot is a key inside, with all of its own dots: `kafka.zookeeper.version`,
 * `kafka.config.log.retention.ms`; the other keys beside it stay as the suite has them.
 */
export function overridesOf(settings: readonly string[]): Readonly<Record<string, JsonObject>> {
  const found: Record<string, JsonObject> = {};
  for (const setting of settings) {
    const [, system, key, inner, value] =
      /^([\w-]+)\.([\w-]+)(?:\.([\w.-]+))?=(.*)$/s.exec(setting) ?? [];
    if (system === undefined || key === undefined || value === undefined) {
      throw new HighwaterError('USAGE', `--set "${setting}": expected <system>.<key>=<value>`, {
        hint: 'for example --set kafka.version=3.9.1',
      });
    }
    const before = found[system]?.[key];
    const within = typeof before === 'object' && before !== null ? (before as JsonObject) : {};
    const set = inner === undefined ? valueOf(value) : { ...within, [inner]: valueOf(value) };
    found[system] = { ...found[system], [key]: set };
  }
  return found;
}

function valueOf(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' || typeof value === 'boolean' ? value : text;
  } catch {
    return text; // 3.9.1 is no JSON, and is meant as it stands.
  }
}
