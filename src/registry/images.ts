import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HighwaterError } from '../core/errors.ts';
import { runCommandOk } from '../core/exec.ts';
import { minutes } from '../core/time.ts';
import { buildImage, loadImages, saveImages } from '../environments/container/build-image.ts';
import { findEngine } from '../environments/container/engine.ts';
import { provideDistribution } from '../environments/local/software/distribution.ts';
import { foldersOf } from '../leases/folders.ts';
import { jarsOf } from '../systems/kafka/distribution.ts';
import { ensembleJarsOf } from '../systems/zookeeper/distribution.ts';

/** Images of the systems, made of the jars that local runs use. */

/** One image to build, as `kafka@4.3.1` says. */
export interface WantedImage {
  readonly software: string;
  readonly version: string;
}

interface Recipe {
  readonly jars: (version: string) => readonly string[];
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  kafka: { jars: jarsOf },
  zookeeper: { jars: ensembleJarsOf },
  // Confluent counts the majors of Kafka from 5 on: 7.9 is Kafka 3.9, 8.3 is Kafka 4.3.
  'cp-kafka': {
    jars: (version) => jarsOf(version.replace(/^\d+/, (major) => String(Number(major) - 4))),
  },
};

/** Reads `kafka@4.3.1`; all problems at once. */
export function wantedImages(words: readonly string[]): readonly WantedImage[] {
  const known = Object.keys(RECIPES).join(', ');
  const read = words.map((word) => {
    const [, software = '', version = ''] = /^([\w-]+)@(\d+\.\d+\.\d+)$/.exec(word) ?? [];
    return { word, software, version, fits: Object.hasOwn(RECIPES, software) };
  });
  const wrong = read.filter(({ fits }) => !fits).map(({ word }) => `"${word}"`);
  if (wrong.length === 0) return read;
  throw new HighwaterError(
    'USAGE',
    `${wrong.join(', ')}: expected <software>@<version>, of ${known}`,
    { hint: 'for example: highwater images build --base eclipse-temurin:17-jre kafka@4.3.1' },
  );
}

const tagOf = ({ software, version }: WantedImage): string => `highwater/${software}:${version}`;

const RECIPE_FOLDER = fileURLToPath(new URL('../../fixtures/images', import.meta.url));

/** Builds images on a base with a `java`; gives their tags. */
export async function buildImages(
  wanted: readonly WantedImage[],
  base: string,
  how: { readonly signal: AbortSignal; readonly progress: (doing: string) => void },
): Promise<readonly string[]> {
  const engine = await findEngine();
  const folders = foldersOf(process.env);
  const tags: string[] = [];
  for (const each of wanted) {
    const recipe = join(RECIPE_FOLDER, each.software);
    const { jars } = RECIPES[each.software] as Recipe;
    const { classPath } = await provideDistribution(jars(each.version), {
      cache: folders.cache,
      drafts: join(folders.work, `images-${process.pid}`),
      run: 'images build',
      ...how,
      maven: async (argv, cwd, signal) => {
        await runCommandOk(argv, { cwd, signal, within: minutes(10) });
      },
    });
    how.progress(`building ${tagOf(each)} on ${base}`);
    const beside = readdirSync(recipe).map((name) => join(recipe, name));
    await buildImage(engine, { tag: tagOf(each), base, recipe: beside, jars: classPath });
    tags.push(tagOf(each));
  }
  return tags;
}

/** Writes images to a file that `docker load` reads, too. */
export async function saveImagesTo(file: string, references: readonly string[]): Promise<void> {
  await saveImages(await findEngine(), references, file);
}

/** Reads images from a file that `docker save` made, or `images save`. */
export async function loadImagesFrom(file: string): Promise<void> {
  await loadImages(await findEngine(), file);
}
