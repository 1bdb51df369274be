import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appPaths } from '../../../main/desktop/app-paths.ts';

const app = { getPath: (name: string) => `/of-the-platform/${name}` };

describe('appPaths', () => {
  it('keeps everything where the platform has it', () => {
    expect(appPaths(app, {})).toMatchObject({
      home: '/of-the-platform/userData',
      cache: join('/of-the-platform/userData', 'images'),
      logFile: join('/of-the-platform/logs', 'dcmrs-broker.log'),
    });
  });

  it('reads the settings of another home where the variable names one', () => {
    expect(appPaths(app, { DCMRSBROKER_HOME: '/opt/broker' }).home).toBe('/opt/broker');
    expect(appPaths(app, { DCMRSBROKER_HOME: '' }).home).toBe('/of-the-platform/userData');
  });
});
