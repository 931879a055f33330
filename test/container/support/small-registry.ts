import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar';

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

/** A registry on loopback that has one image, of one file, and what was asked of it. */
export interface SmallRegistry extends AsyncDisposable {
  /** host:port, as it stands before the name of an image. */
  readonly at: string;
  readonly asked: readonly string[];
}

/** Serves an image under a name and a tag: as much of the OCI distribution API as a pull takes. */
export async function serveImage(name: string, tag: string): Promise<SmallRegistry> {
  const blobs = await imageOfOneFile();
  const asked: string[] = [];
  const server = createServer(({ method = '', url = '' }, response) => {
    asked.push(`${method} ${url}`);
    if (url === '/v2/') return response.writeHead(200).end();
    const wanted = url.slice(url.lastIndexOf('/') + 1);
    const blob = url.startsWith(`/v2/${name}/`)
      ? blobs.find(({ digest, type }) => digest === wanted || (type === MANIFEST && tag === wanted))
      : undefined;
    if (blob === undefined) return response.writeHead(404).end();
    const { type, bytes, digest } = blob;
    response.writeHead(200, {
      'content-type': type,
      'content-length': bytes.length,
      'docker-content-digest': digest,
    });
    return response.end(method === 'HEAD' ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function imageOfOneFile(): Promise<readonly Blob[]> {
  const layer = pack();
  // Another image each time: the engine may have the layers of the one before.
  layer.entry({ name: 'pulled' }, `${process.pid} ${Date.now()}`);
  layer.finalize();
  const files = blobOf(LAYER, await buffer(layer));
  const config = blobOf(CONFIG, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [files.digest] },
  });
  const manifest = blobOf(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: partOf(config),
    layers: [partOf(files)],
  });
  return [files, config, manifest];
}

function blobOf(type: string, of: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(of) ? of : Buffer.from(JSON.stringify(of));
  return { type, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

const partOf = ({ type, bytes, digest }: Blob) => ({ mediaType: type, size: bytes.length, digest });
