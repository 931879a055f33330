import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { HighwaterError } from '../../core/errors.ts';
import { type Engine, saysStatus } from './engine.ts';
import { hasImage } from './images.ts';

/** What an image is built from. */
export interface ImageBuild {
  readonly tag: string;
  /** The image below it, with a `java` on its PATH. */
  readonly base: string;
  /** The Dockerfile and what lies beside it; absolute paths. */
  readonly recipe: readonly string[];
  /** Jars, which the recipe finds in `libs/`. */
  readonly jars: readonly string[];
}

/** Builds an image; a build that fails tells what the engine said last. */
export async function buildImage({ docker }: Engine, of: ImageBuild): Promise<void> {
  try {
    await docker.getImage(of.base).inspect();
  } catch (thrown) {
    if (!saysStatus(thrown, 404)) throw thrown;
    const text = `no image ${of.base} to build ${of.tag} on`;
    throw new HighwaterError('ENV_NOT_READY', text, {
      hint: 'pull it, or name another image with a java by --base',
    });
  }
  const context = pack();
  const packed = fill(context, of);
  const answer = await docker.buildImage(context as unknown as NodeJS.ReadableStream, {
    t: of.tag,
    buildargs: { BASE: of.base },
    rm: true,
    forcerm: true,
  });
  await packed;
  await told(docker, answer, `building ${of.tag}`);
}

async function fill(context: ReturnType<typeof pack>, of: ImageBuild): Promise<void> {
  for (const path of of.recipe) {
    context.entry({ name: basename(path), mode: 0o644 }, await readFile(path));
  }
  for (const path of of.jars) {
    const { size } = await stat(path);
    await pipeline(
      createReadStream(path),
      context.entry({ name: `libs/${basename(path)}`, mode: 0o644, size }),
    );
  }
  context.finalize();
}

/** Writes images to a file that is not there yet, as `docker save` does. */
export async function saveImages(
  engine: Engine,
  references: readonly string[],
  file: string,
): Promise<void> {
  const { docker } = engine;
  const has = await Promise.all(references.map((each) => hasImage(engine, each)));
  const missing = references.filter((_, index) => !has[index]);
  if (missing.length > 0) {
    throw new HighwaterError('ENV_NOT_READY', `the engine has no image ${missing.join(', ')}`, {
      hint: 'docker images lists those that it has',
    });
  }
  if (existsSync(file)) {
    throw new HighwaterError('USAGE', `${file} is there already`, { hint: 'name a new file' });
  }
  const query = references.map((name) => `names=${encodeURIComponent(name)}`).join('&');
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    docker.modem.dial(
      {
        // The client takes the last character off, where it expects a bare question mark.
        path: `/images/get?${query}&`,
        method: 'GET',
        isStream: true,
        statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
      },
      (error, data) => (error ? reject(error as Error) : resolve(data as NodeJS.ReadableStream)),
    );
  });
  await pipeline(stream, createWriteStream(file, { flags: 'wx' }));
}

/** Reads images from such a file. */
export async function loadImages({ docker }: Engine, file: string): Promise<void> {
  if (!existsSync(file)) {
    throw new HighwaterError('USAGE', `no file ${file}`, {
      hint: 'images save, or docker save, makes one',
    });
  }
  await told(docker, await docker.loadImage(file), `loading ${file}`);
}

/** Waits for the end of a stream of progress; an error in it is one of ours. */
async function told(
  docker: Engine['docker'],
  stream: NodeJS.ReadableStream,
  doing: string,
): Promise<void> {
  const lines = await new Promise<readonly { error?: string }[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) =>
      error ? reject(error) : resolve(output as readonly { error?: string }[]),
    );
  });
  const failed = lines.find(({ error }) => error !== undefined);
  if (failed !== undefined) {
    throw new HighwaterError('ENV_NOT_READY', `${doing}: ${failed.error}`);
  }
}
