import { describe, expect, it } from 'vitest';
import { findJava, javaCommand, parseJavaSettings } from './java.ts';

const settings = (version: string): string => `Property settings:
    java.home = /opt/jdk
    java.version = ${version}
    java.vm.vendor = Debian
    java.vm.version = ${version}+6
openjdk version "${version}"
`;

describe('finding Java', () => {
  it('reads home, version and build from its own words', () => {
    expect(parseJavaSettings(settings('17.0.15'))).toEqual({
      home: '/opt/jdk',
      version: '17.0.15',
      feature: 17,
      build: '17.0.15+6 Debian',
    });
  });

  it('knows old and coming ways to count versions', () => {
    expect(parseJavaSettings(settings('1.8.0_402'))?.feature).toBe(8);
    expect(parseJavaSettings(settings('26-ea'))?.feature).toBe(26);
    expect(parseJavaSettings('command not found')).toBeNull();
  });

  it('goes by the override, then JAVA_HOME, then the PATH', () => {
    expect(javaCommand('/opt/j', { JAVA_HOME: '/opt/jdk' })).toBe('/opt/j');
    expect(javaCommand(undefined, { JAVA_HOME: '/opt/jdk' })).toBe('/opt/jdk/bin/java');
    expect(javaCommand(undefined, { JAVA_HOME: '' })).toBe('java');
  });

  it('says in one line that there is none, and what to do', async () => {
    const found = findJava('/nowhere/bin/java', new AbortController().signal);
    await expect(found).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: expect.stringMatching(/^no Java: .*no such command$/),
      hint: 'install a JDK 17 or later and put it on the PATH or in JAVA_HOME',
    });
  });

  it('says so when the command is something else', async () => {
    const found = findJava('/bin/true', new AbortController().signal);
    await expect(found).rejects.toThrow(/did not tell/);
  });
});
