import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { bytes, showBytes } from '../../core/units.ts';
import type { Folders } from '../../leases/folders.ts';
import { blockAt, blockCount, blockTakenBy } from '../addresses/address-block.ts';
import type { Needs, Shortfall } from '../capabilities.ts';
import { type ImageChoice, NET_IMAGE } from '../images/image-choice.ts';
import type { Engine } from './engine.ts';
import { hasImage } from './images.ts';

/** What is looked at before a run. */
export interface PreflightSetting {
  readonly engine: () => Promise<Engine>;
  readonly images: ImageChoice;
  readonly folders: Folders;
}

/** Everything for which a run with these needs could not start here; starts and pulls nothing. */
export async function shortfalls(
  needs: Needs,
  { engine: find, images, folders }: PreflightSetting,
  signal: AbortSignal,
): Promise<readonly Shortfall[]> {
  let engine: Engine;
  try {
    engine = await find();
  } catch (thrown) {
    signal.throwIfAborted();
    const hint = (isHighwaterError(thrown) ? thrown.hint : undefined) ?? 'run: highwater doctor';
    const refused = isHighwaterError(thrown, 'TARGET_REFUSED');
    return [{ what: messageOf(thrown), hint, kind: refused ? 'refused' : 'not-ready' }];
  }
  const found = [
    memoryShortfall(needs.memory, engine.memory),
    portsShortfall(folders),
    await localImageShortfall(needs, engine, images),
  ];
  return found.filter((each) => each !== null);
}

function memoryShortfall(needed: number, available: number): Shortfall | null {
  if (needed <= available) return null;
  const has = showBytes(bytes(available));
  return {
    what: `${showBytes(bytes(needed))} of memory needed, the container engine has ${has}`,
    hint: 'give the engine more memory, or run fewer nodes',
    kind: 'not-ready',
  };
}

function portsShortfall({ locks }: Folders): Shortfall | null {
  const all = Array.from({ length: blockCount(false) }, (_, ordinal) => ordinal);
  const takers = all.map((ordinal) => blockTakenBy(locks, blockAt(ordinal, false)));
  if (takers.includes(null)) return null;
  return {
    what: `no free range of ports: ${takers.slice(0, 3).join('; ')}`,
    hint: `end other runs, or free what dead ones left: highwater sweep (locks: ${locks})`,
    kind: 'not-ready',
  };
}

/** A name that no registry has, because it was built here, is not pulled in vain. */
async function localImageShortfall(
  { software, capabilities }: Needs,
  engine: Engine,
  images: ImageChoice,
): Promise<Shortfall | null> {
  const chosen = software.flatMap(({ name, version }) => {
    const reference = images[name];
    return reference === undefined ? [] : [reference.replaceAll('{version}', version)];
  });
  const cuts = capabilities.some((each) => each.startsWith('link.'));
  const built = [...chosen, ...(cuts ? [images['net'] ?? NET_IMAGE] : [])].filter((reference) =>
    /^(highwater|localhost)\//.test(reference),
  );
  const missing: string[] = [];
  for (const reference of new Set(built)) {
    if (!(await hasImage(engine, reference))) missing.push(reference);
  }
  if (missing.length === 0) return null;
  return {
    what: `the container engine has no ${missing.join(', ')}`,
    hint: 'highwater images build, or highwater images load',
    kind: 'not-ready',
  };
}
