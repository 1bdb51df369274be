import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../../../support/gateway.ts';
import { startOrthanc } from '../../../support/orthanc.ts';
import { type RealInstance, identifyAll } from '../../../support/real-instances.ts';
import { pydicomTestFiles } from '../../../support/real-files.ts';
import { runTool } from '../../../support/run-tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { type WadoAnswer, retrieve } from '../../../support/wado-client.ts';

const stack = new AsyncDisposableStack();
let gateway: Gateway;
let instances: Map<string, RealInstance>;
let pdf: Buffer;

const files = ['CT_small.dcm', 'rtdose.dcm', 'SC_rgb_jpeg_dcmtk.dcm', 'test-SR.dcm', 'waveform_ecg.dcm'];

beforeAll(async () => {
  const directory = stack.use(await temporaryDirectory('rendered'));
  const real = (await pydicomTestFiles()).filter((file) => files.some((name) => file.endsWith(`/${name}`)));
  const document = await encapsulatedPdf(directory.path);
  const report = await hostileReport(directory.path);
  const all = [...real, document, report];
  instances = new Map(
    (await identifyAll(all)).map((instance) => [instance.file.replace(/.*\//, ''), instance]),
  );
  const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
  const orthanc = stack.use(await startOrthanc({ modalities: { gateway: scp } }));
  await orthanc.upload(all);
  gateway = stack.use(await startGateway({ archive: orthanc, scpPort: scp.port }));
});

afterAll(() => stack.disposeAsync());

/** A PDF in its envelope, of an odd number of bytes. */
async function encapsulatedPdf(directory: string): Promise<string> {
  const text =
    '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF';
  pdf = Buffer.from(text.length % 2 === 0 ? `${text}\n` : text);
  const [source, target] = [join(directory, 'page.pdf'), join(directory, 'document.dcm')];
  await writeFile(source, pdf);
  await runTool('pdf2dcm', ['+pn', 'Doc^Ument', source, target]);
  return target;
}

const markup = '<script>alert(1)</script>';

/** A report whose names and texts are markup. */
async function hostileReport(directory: string): Promise<string> {
  const dump = join(directory, 'report.dump');
  const code = (meaning: string): string =>
    `(0040,a043) SQ\n(fffe,e000) -\n(0008,0100) SH 1\n(0008,0102) SH 99X\n(0008,0104) LO [${meaning}]\n(fffe,e00d) -\n(fffe,e0dd) -\n`;
  const lines = [
    '(0008,0016) UI 1.2.840.10008.5.1.4.1.1.88.11',
    '(0008,0018) UI 1.2.3.99.3',
    '(0008,0060) CS SR',
    `(0010,0010) PN [${markup}^A&B]`,
    '(0020,000d) UI 1.2.3.99.1',
    '(0020,000e) UI 1.2.3.99.2',
    '(0040,a040) CS CONTAINER',
    code(`${markup}Title`),
    '(0040,a730) SQ\n(fffe,e000) -\n(0040,a010) CS CONTAINS\n(0040,a040) CS TEXT',
    code('Finding "x"'),
    `(0040,a160) UT [<img src=x onerror=alert(2)>]`,
    '(fffe,e00d) -\n(fffe,e0dd) -',
  ];
  await writeFile(dump, lines.join('\n'));
  const target = join(directory, 'hostile.dcm');
  const { exitCode, output } = await runTool('dump2dcm', [dump, target]);
  if (exitCode !== 0) throw new Error(output);
  return target;
}

function urlOf(name: string, level: 'study' | 'series' | 'instance' = 'instance'): string {
  const found = instances.get(name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  const study = `${gateway.wado}/studies/${found.study}`;
  if (level === 'study') return study;
  const series = `${study}/series/${found.series}`;
  return level === 'series' ? series : `${series}/instances/${found.instance}`;
}

async function picture(answer: WadoAnswer): Promise<{ format: string; width: number; height: number }> {
  const { format, width, height } = await sharp(answer.body).metadata();
  return { format, width, height };
}

describe('rendered', () => {
  it('is JPEG where the client takes anything', async () => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered`, { accept: '*/*' });
    expect(answer.headers['content-type']).toBe('image/jpeg');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(await picture(answer)).toEqual({ format: 'jpeg', width: 128, height: 128 });
  });

  it.each([
    ['image/png', 'png'],
    ['image/webp', 'webp'],
    ['image/gif', 'gif'],
    ['image/png;q=0.5, image/webp', 'webp'],
    ['text/html, image/png;q=0.3, */*;q=0.1', 'png'],
  ])('is what an Accept of %s asks for', async (accept, format) => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered`, { accept });
    expect(await picture(answer)).toMatchObject({ format });
  });

  it('goes by the accept parameter before the header', async () => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered?accept=image/png`, { accept: '*/*' });
    expect(answer.headers['content-type']).toBe('image/png');
  });

  it('of a window shows that window', async () => {
    const ask = async (window: string): Promise<Buffer> => {
      const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered?window=${window}`, {
        accept: 'image/png',
      });
      return sharp(answer.body).toColourspace('b-w').raw().toBuffer();
    };
    // Of all values, none is below the one, and none above the other.
    expect(new Set(await ask('-30000,2,linear'))).toEqual(new Set([255]));
    expect(new Set(await ask('30000,2,linear-exact'))).toEqual(new Set([0]));
  });

  it('fits a viewport, and cuts out a region', async () => {
    const whole = await retrieve(`${urlOf('CT_small.dcm')}/rendered?viewport=300,200`, { accept: '*/*' });
    expect(await picture(whole)).toMatchObject({ width: 200, height: 200 });
    const region = await retrieve(`${urlOf('CT_small.dcm')}/rendered?viewport=300,200,0,0,64,16`, {
      accept: '*/*',
    });
    expect(await picture(region)).toMatchObject({ width: 300, height: 75 });
  });

  it('of a frame is that frame, and of several a multipart message', async () => {
    const frame = (list: string): Promise<WadoAnswer> =>
      retrieve(`${urlOf('rtdose.dcm')}/frames/${list}/rendered`, { accept: 'image/png' });
    const [first, last, both] = [await frame('1'), await frame('15'), await frame('1,15')];
    expect(first.body.equals(last.body)).toBe(false);
    expect(both.headers['content-type']).toMatch(/^multipart\/related; type="image\/png"; boundary=/);
    const at = both.body.indexOf(first.body);
    expect(at).toBeGreaterThan(0);
    expect(both.body.indexOf(last.body, at + first.body.length)).toBeGreaterThan(0);
    expect((await frame('16')).status).toBe(404);
    expect((await frame('0')).status).toBe(400);
  });

  it('is a multipart message where the client takes nothing else', async () => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered`, {
      accept: 'multipart/related; type="image/png"',
    });
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="image\/png"/);
    expect(answer.body.toString('latin1')).toContain('Content-Type: image/png\r\n');
  });

  it('of a series and of a study is one picture', async () => {
    for (const level of ['series', 'study'] as const) {
      const answer = await retrieve(`${urlOf('CT_small.dcm', level)}/rendered`, { accept: '*/*' });
      expect(await picture(answer)).toEqual({ format: 'jpeg', width: 128, height: 128 });
    }
  });

  it.each([
    ['window=1', /window/],
    ['window=1,0,linear', /window/],
    ['window=1,2,cubic', /window/],
    ['viewport=0,10', /viewport/],
    ['viewport=10,9000', /viewport/],
    ['viewport=10,10,500,500', /outside of the image/],
    ['quality=0', /quality/],
    ['quality=101', /quality/],
    ['iccprofile=cmyk', /iccprofile/],
  ])('refuses %s', async (query, reason) => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered?${query}`, { accept: 'image/png' });
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toMatch(reason);
  });

  it('names the annotations that it does not burn in', async () => {
    const answer = await retrieve(`${urlOf('CT_small.dcm')}/rendered?annotation=patient,technique`, {
      accept: '*/*',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['warning']).toMatch(/299 .*not supported: patient,technique/);
  });

  it('is not sent again to who has it', async () => {
    const url = `${urlOf('CT_small.dcm')}/rendered`;
    const first = await retrieve(url, { accept: '*/*' });
    const etag = first.headers['etag'] ?? '';
    expect((await retrieve(url, { accept: '*/*', headers: { 'If-None-Match': etag } })).status).toBe(304);
    const other = await retrieve(`${url}?quality=10`, { accept: '*/*', headers: { 'If-None-Match': etag } });
    expect(other.status).toBe(200);
  });

  it('of an encapsulated PDF is the PDF, without its padding', async () => {
    const answer = await retrieve(`${urlOf('document.dcm')}/rendered`, { accept: 'application/pdf' });
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.body.equals(pdf)).toBe(true);
  });

  it('of a report is a page that runs nothing', async () => {
    const answer = await retrieve(`${urlOf('test-SR.dcm')}/rendered`, { accept: 'text/html' });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    const page = answer.body.toString();
    expect(page).toContain('<td>Jörg Riesmeier, OFFIS e.V., 2001-02-13 18:47:46</td>');
    expect(page).toContain('3 cm');
  });

  it('of a report keeps markup in it as text', async () => {
    const page = (
      await retrieve(`${urlOf('hostile.dcm')}/rendered`, { accept: 'text/html' })
    ).body.toString();
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;Title');
    expect(page).toContain('A&amp;B');
    const text = await retrieve(`${urlOf('hostile.dcm')}/rendered`, { accept: 'text/plain' });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.body.toString()).toContain('<img src=x onerror=alert(2)>');
  });

  it('of what cannot be rendered says what can be had', async () => {
    const ecg = await retrieve(`${urlOf('waveform_ecg.dcm')}/rendered`, { accept: '*/*' });
    expect(ecg.status).toBe(406);
    expect(ecg.body.toString()).toContain('application/dicom');
    const report = await retrieve(`${urlOf('test-SR.dcm')}/rendered`, { accept: 'image/jpeg' });
    expect(report.status).toBe(406);
    expect(report.body.toString()).toContain('text/html');
  });

  it('of an instance that the archive does not have is not found', async () => {
    const answer = await retrieve(`${urlOf('CT_small.dcm', 'series')}/instances/1.2.3.4/rendered`, {
      accept: '*/*',
    });
    expect(answer.status).toBe(404);
  });
});

describe('a thumbnail', () => {
  it.each(['study', 'series', 'instance'] as const)(
    'of a %s has 128 pixels on its longer side',
    async (level) => {
      const answer = await retrieve(`${urlOf('SC_rgb_jpeg_dcmtk.dcm', level)}/thumbnail`, { accept: '*/*' });
      expect(await picture(answer)).toEqual({ format: 'jpeg', width: 128, height: 128 });
    },
  );

  it('of a frame is made of that frame, once', async () => {
    const url = `${urlOf('rtdose.dcm')}/frames/2/thumbnail?viewport=64,32`;
    const [made, kept] = [await retrieve(url, { accept: '*/*' }), await retrieve(url, { accept: '*/*' })];
    expect(await picture(made)).toEqual({ format: 'jpeg', width: 32, height: 32 });
    expect(kept.body.equals(made.body)).toBe(true);
    expect(kept.headers['etag']).toBe(made.headers['etag']);
  });

  it('of what is no image is an icon', async () => {
    for (const name of ['test-SR.dcm', 'waveform_ecg.dcm', 'document.dcm']) {
      const answer = await retrieve(`${urlOf(name)}/thumbnail`, { accept: 'image/png' });
      expect(await picture(answer)).toEqual({ format: 'png', width: 128, height: 128 });
    }
  });

  it('has no region, and is of one frame', async () => {
    const region = await retrieve(`${urlOf('CT_small.dcm')}/thumbnail?viewport=9,9,0,0,1,1`, {
      accept: '*/*',
    });
    expect(region.status).toBe(400);
    const frames = await retrieve(`${urlOf('rtdose.dcm')}/frames/1,2/thumbnail`, { accept: '*/*' });
    expect(frames.status).toBe(400);
  });

  it('is kept in the cache directory', async () => {
    const found = instances.get('CT_small.dcm');
    await retrieve(`${urlOf('CT_small.dcm')}/thumbnail`, { accept: '*/*' });
    const database = await readFile(join(gateway.cacheDirectory, 'thumbnails.sqlite-wal'));
    expect(database.includes(found?.instance ?? '')).toBe(true);
  });
});

describe('the URI service', () => {
  const uri = (name: string, more = ''): string => {
    const found = instances.get(name);
    return `${gateway.origin}/wado?requestType=WADO&studyUID=${found?.study}&seriesUID=${found?.series}&objectUID=${found?.instance}${more}`;
  };
  const ask = (name: string, more = '', accept = '*/*'): Promise<WadoAnswer> =>
    retrieve(uri(name, more), { accept });

  it('gives a picture by default', async () => {
    expect(await picture(await ask('CT_small.dcm'))).toEqual({ format: 'jpeg', width: 128, height: 128 });
  });

  it('gives the object as application/dicom', async () => {
    const answer = await ask('CT_small.dcm', '&contentType=application%2Fdicom');
    expect(answer.headers['content-type']).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(answer.body.toString('latin1', 128, 132)).toBe('DICM');
    expect((await ask('CT_small.dcm', '', 'application/dicom')).body.equals(answer.body)).toBe(true);
  });

  it('gives the object in the transfer syntax that it is stored in where that is asked for', async () => {
    const stored = instances.get('SC_rgb_jpeg_dcmtk.dcm')?.transferSyntax ?? '';
    const answer = await ask(
      'SC_rgb_jpeg_dcmtk.dcm',
      `&contentType=application%2Fdicom&transferSyntax=${stored}`,
    );
    expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${stored}`);
  });

  it('cuts out a region and bounds rows and columns', async () => {
    const region = await ask('CT_small.dcm', '&contentType=image%2Fpng&region=0,0,0.5,0.25');
    expect(await picture(region)).toEqual({ format: 'png', width: 64, height: 32 });
    const bounded = await ask('CT_small.dcm', '&region=0,0,0.5,0.25&columns=100');
    expect(await picture(bounded)).toMatchObject({ width: 100, height: 50 });
  });

  it('gives reports as pages, documents as they are, and what cannot be rendered as an object', async () => {
    expect((await ask('test-SR.dcm')).headers['content-type']).toBe('text/html; charset=utf-8');
    expect((await ask('document.dcm')).body.equals(pdf)).toBe(true);
    const ecg = await ask('waveform_ecg.dcm');
    expect([ecg.status, ecg.headers['content-type']]).toEqual([
      200,
      'application/dicom; transfer-syntax=1.2.840.10008.1.2.1',
    ]);
    expect((await ask('waveform_ecg.dcm', '', 'image/*')).status).toBe(406);
  });

  it('refuses what it does not do', async () => {
    expect((await ask('CT_small.dcm', '&anonymize=yes')).status).toBe(400);
    expect((await ask('rtdose.dcm', '&contentType=application%2Fdicom&frameNumber=2')).status).toBe(400);
    const response = await fetch(uri('CT_small.dcm'), { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });

  it('is there under the combined root too', async () => {
    const response = await fetch(uri('CT_small.dcm').replace('/wado?', '/dicom-web/wado?'));
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    await response.arrayBuffer();
  });
});
