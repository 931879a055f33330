import { describe, expect, it } from 'vitest';
import { type ArchiveUse, jvmArgv, nodeEnv } from './jvm-command.ts';

const argvWith = (archive: ArchiveUse): readonly string[] =>
  jvmArgv(
    {
      java: '/jdk/bin/java',
      classPath: ['/lib/a.jar', '/lib/b.jar'],
      tmp: '/w/tmp',
      crashFile: '/logs/a-1.hs_err_%p.log',
      archive,
      hostsFile: null,
    },
    { main: 'a.Main', flags: ['-Xmx64m', '-Xshare:off'], args: ['x y'] },
  );

describe('the command of a JVM', () => {
  it('has a temporary folder of its own, and the flags of its system last', () => {
    expect(argvWith({ kind: 'none' })).toEqual([
      '/jdk/bin/java',
      '-XX:-UsePerfData',
      '-Djava.io.tmpdir=/w/tmp',
      '-Dfile.encoding=UTF-8',
      '-XX:ErrorFile=/logs/a-1.hs_err_%p.log',
      '-Xmx64m',
      '-Xshare:off',
      '-cp',
      '/lib/a.jar:/lib/b.jar',
      'a.Main',
      'x y',
    ]);
  });

  it('starts from an archive only as far as that fits', () => {
    const argv = argvWith({ kind: 'use', file: '/c/a.jsa' });
    expect(argv).toContain('-XX:SharedArchiveFile=/c/a.jsa');
    expect(argv.indexOf('-Xshare:auto')).toBeLessThan(argv.indexOf('-Xshare:off'));
  });

  it('records for an archive', () => {
    expect(argvWith({ kind: 'record' })).toContain('-XX:+RecordDynamicDumpInfo');
  });
});

describe('the environment of a node', () => {
  it('is that of the harness without what would change a JVM behind our back', () => {
    const env = { PATH: '/bin', JAVA_TOOL_OPTIONS: '-Xmx1m', CLASSPATH: 'x', GONE: undefined };
    expect(nodeEnv(env)).toEqual({ PATH: '/bin' });
  });
});
