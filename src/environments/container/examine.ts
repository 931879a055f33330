import { isHighwaterError, messageOf } from '../../core/errors.ts';
import { bytes, mebibytes, showBytes } from '../../core/units.ts';
import type { Examined } from '../examined.ts';
import { type ImageChoice, imagesFrom, NET_IMAGE } from '../images/image-choice.ts';
import { type Engine, findEngine } from './engine.ts';
import { hasImage } from './images.ts';
import { hasReaper, reaperImage } from './reaper.ts';

/** What three brokers with a controller need, as a yardstick for an engine. */
const MEMORY_WISHED = mebibytes(2_560);

const ok = (what: string, seen: string): Examined => ({ what, state: 'ok', seen, hint: '' });

/** Looks at the container engine and its images; starts and pulls nothing. */
export async function examineContainers(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly Examined[]> {
  const what = 'container engine';
  let engine: Engine;
  try {
    engine = await findEngine();
  } catch (thrown) {
    const hint = (isHighwaterError(thrown) ? thrown.hint : undefined) ?? '';
    return [{ what, state: 'missing', seen: messageOf(thrown), hint }];
  }
  const images = imagesFrom(env);
  return [
    ok(what, engine.seen),
    examineMemory(engine),
    ...(await Promise.all(
      Object.entries(images)
        .filter(([name]) => name !== 'net')
        .map(([name, reference]) => examineImages(engine, name, reference)),
    )),
    await examineNet(engine, images),
    await examineReaper(engine),
  ];
}

function examineMemory({ memory }: Engine): Examined {
  const seen = `${showBytes(bytes(memory))} in all`;
  if (memory >= MEMORY_WISHED) return ok('memory of the engine', seen);
  const hint = `a run may want ${showBytes(MEMORY_WISHED)}`;
  return { what: 'memory of the engine', state: 'degraded', seen, hint };
}

/** Images of one software that were chosen by a variable: every tag that the engine has. */
async function examineImages(
  { docker }: Engine,
  name: string,
  reference: string,
): Promise<Examined> {
  const what = `images of ${name}`;
  const repository = reference.replace(/:[^/]*$/, '');
  const filters = JSON.stringify({ reference: [repository] });
  const found = (await docker.listImages({ filters })).flatMap(({ RepoTags }) => RepoTags ?? []);
  if (found.length > 0) return ok(what, found.toSorted().join(', '));
  const hint = `${reference} is pulled when a run needs it, or: highwater images build`;
  return { what, state: 'degraded', seen: `none of ${repository}`, hint };
}

async function examineReaper(engine: Engine): Promise<Examined> {
  const what = 'reaper';
  if (await hasReaper(engine)) return ok(what, 'Ryuk');
  return {
    what,
    state: 'degraded',
    seen: `no image ${reaperImage()}`,
    hint:
      'without Ryuk, what a killed run leaves in the engine stays until the next run or `highwater ' +
      `sweep\`: docker pull ${reaperImage()}`,
  };
}

async function examineNet(engine: Engine, images: ImageChoice): Promise<Examined> {
  const reference = images['net'] ?? NET_IMAGE;
  if (await hasImage(engine, reference)) return ok('image for links', reference);
  return {
    what: 'image for links',
    state: 'degraded',
    seen: `the engine has no ${reference}`,
    hint:
      'links are cut from it, and it is pulled for the first run that does so; another one with ' +
      'nft, ss and socat is named by HIGHWATER_IMAGE_NET',
  };
}
