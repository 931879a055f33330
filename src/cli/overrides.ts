import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/**
 * What `--set kafka.version=3.9.1` says: by system, the keys of its topology that are replaced. A
 * value is read as JSON where it is some (3, true), and as text otherwise (3.9.1).
 */
export function overridesOf(settings: readonly string[]): Readonly<Record<string, JsonObject>> {
  const found: Record<string, JsonObject> = {};
  for (const setting of settings) {
    const [, system, key, value] = /^([\w-]+)\.([\w-]+)=(.*)$/s.exec(setting) ?? [];
    if (system === undefined || key === undefined || value === undefined) {
      throw new HighwaterError('USAGE', `--set "${setting}": expected <system>.<key>=<value>`, {
        hint: 'for example --set kafka.version=3.9.1',
      });
    }
    found[system] = { ...found[system], [key]: valueOf(value) };
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
