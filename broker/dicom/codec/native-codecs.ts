import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { BrokerError, type ErrorCode } from '../../domain/errors.ts';

/** The codecs of the WebAssembly module. */
export type Codec = 'Jpeg' | 'JpegLs' | 'Jpeg2000' | 'HtJpeg2000' | 'JpegXl';

/** What a codec is told of a frame, and says of it afterwards. */
export interface CodecLayout {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  /** 0: to be found by the codec (JPEG XL only). */
  readonly bitsStored: number;
  readonly isSigned: boolean;
  /** True where a colour transform is to be applied (JPEG 2000), as the samples are RGB. */
  readonly isRgb?: boolean;
}

export interface EncodeParameters {
  readonly lossy?: boolean;
  /** 1 to 100, of lossy JPEG. */
  readonly quality?: number;
  /** JPEG 2000: 0 is LRCP, 2 is RPCL. */
  readonly progressionOrder?: number;
}

export interface CodecResult {
  readonly bytes: Buffer;
  readonly bitsStored: number;
  /** What the codec found damaged although it went on to the end. */
  readonly damage: string | undefined;
}

/** The functions that the module exports, by name. */
type Exports = Readonly<Record<string, (...values: number[]) => number>>;

/**
 * Memory that one frame may take: the largest that is decoded (512 MiB) does not fit in every codec, and
 * what a hostile one asks for ends here.
 */
const memoryLimit = 1024 ** 3;

/** Memory that an instance may keep for the next frame. WebAssembly gives none back while it lives. */
const memoryToKeep = 96 * 1024 ** 2;

/** What libjpeg says where it goes on with grey, or with noise. */
const damaged = /premature end|bad Huffman code|Corrupt progressive|Inconsistent progression|bad arithmetic/i;

const rgb = 3;
const monochrome2 = 1;

/**
 * The codecs of dcmjs-codecs. Its WebAssembly module is used without the JavaScript around it, which
 * loads dcmjs, cannot bound memory, and keeps an instance whose state a failed frame has spoilt.
 */
export class NativeCodecs {
  static #compiled: Promise<WebAssembly.Module> | undefined;
  static #shared: Promise<NativeCodecs> | undefined;
  readonly #module: WebAssembly.Module;
  #instance: WebAssembly.Instance | undefined;
  #damage: string | undefined;

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** The codecs of this thread. */
  static shared(): Promise<NativeCodecs> {
    NativeCodecs.#shared ??= NativeCodecs.compiled().then((module) => new NativeCodecs(module));
    return NativeCodecs.#shared;
  }

  /**
   * The module, compiled once. Threads are handed that of the process, and do not compile their own: a thread
   * begins 100 ms earlier, and its code is there once.
   */
  static compiled(): Promise<WebAssembly.Module> {
    NativeCodecs.#compiled ??= loadModule();
    return NativeCodecs.#compiled;
  }

  /** Has this thread use a module that another one has compiled. */
  static provide(compiled: Promise<WebAssembly.Module>): void {
    NativeCodecs.#compiled = compiled;
  }

  /**
   * Decodes one frame; the caller has compared its header with the layout.
   * @throws BrokerError `malformed-data-set` where it cannot be decoded, `too-large` where that takes too
   *   much memory
   */
  decode(codec: Codec, layout: CodecLayout, encoded: Uint8Array): CodecResult {
    return this.#run('malformed-data-set', `The ${nameOf(codec)} frame cannot be decoded`, (wasm) => {
      const parameters = wasm['CreateDecoderParameters']!();
      wasm['SetConvertColorspaceToRgb']!(parameters, 0);
      const context = this.#context(wasm, layout);
      this.#fill(context, 'Encoded', encoded);
      wasm[`Decode${codec}`]!(context, parameters);
      const result = this.#take(context, 'Decoded');
      wasm['ReleaseDecoderParameters']!(parameters);
      return result;
    });
  }

  /**
   * Encodes one frame of pixel-interleaved samples.
   * @throws BrokerError `not-acceptable` where it cannot be encoded, `too-large` where that takes too much
   *   memory
   */
  encode(
    codec: Codec,
    layout: CodecLayout,
    samples: Uint8Array,
    { lossy = false, quality = 90, progressionOrder = 0 }: EncodeParameters = {},
  ): CodecResult {
    return this.#run('not-acceptable', `The frame cannot be encoded as ${nameOf(codec)}`, (wasm) => {
      const parameters = wasm['CreateEncoderParameters']!();
      const values = {
        Lossy: Number(lossy),
        Quality: quality,
        SmoothingFactor: 0,
        SampleFactor: 0,
        Predictor: 1,
        PointTransform: 0,
        AllowedLossyError: 0,
        ProgressionOrder: progressionOrder,
        Rate: 20,
        AllowMct: 1,
      };
      for (const [name, value] of Object.entries(values)) wasm[`Set${name}`]!(parameters, value);
      const context = this.#context(wasm, layout);
      this.#fill(context, 'Decoded', samples);
      wasm[`Encode${codec}`]!(context, parameters);
      const result = this.#take(context, 'Encoded');
      wasm['ReleaseEncoderParameters']!(parameters);
      return result;
    });
  }

  #run(code: ErrorCode, what: string, work: (wasm: Exports) => CodecResult): CodecResult {
    this.#damage = undefined;
    let isSound = false;
    try {
      this.#instance ??= this.#instantiate();
      const result = work(this.#exports());
      isSound = true;
      return result;
    } catch (thrown) {
      if (thrown instanceof BrokerError) throw thrown;
      // A trap says `unreachable` or the like: what C++ throws ends in one, too.
      const isTrap = thrown instanceof Error && thrown.name === 'RuntimeError';
      const message = isTrap
        ? 'the codec gave up'
        : thrown instanceof Error
          ? thrown.message
          : String(thrown);
      // Codecs put the names of their functions in front.
      const why = message.replace(/^.*::/, '').replace(/\.$/, '');
      throw new BrokerError(code, `${what}: ${why}.`, { cause: thrown });
    } finally {
      // A codec that was left by an exception has released nothing and may be in the middle of anything.
      if (!isSound || this.#memory().byteLength > memoryToKeep) this.#instance = undefined;
    }
  }

  #context(wasm: Exports, layout: CodecLayout): number {
    const context = wasm['CreateCodecsContext']!();
    const values = {
      Columns: layout.columns,
      Rows: layout.rows,
      BitsAllocated: layout.bitsAllocated,
      BitsStored: layout.bitsStored,
      SamplesPerPixel: layout.samplesPerPixel,
      PixelRepresentation: Number(layout.isSigned),
      PlanarConfiguration: 0,
      PhotometricInterpretation: layout.isRgb === true ? rgb : monochrome2,
    };
    for (const [name, value] of Object.entries(values)) wasm[`Set${name}`]!(context, value);
    return context;
  }

  #fill(context: number, which: 'Encoded' | 'Decoded', bytes: Uint8Array): void {
    const wasm = this.#exports();
    wasm[`Set${which}BufferSize`]!(context, bytes.length);
    const at = wasm[`Get${which}Buffer`]!(context);
    new Uint8Array(this.#memory(), at, bytes.length).set(bytes);
  }

  #take(context: number, which: 'Encoded' | 'Decoded'): CodecResult {
    const wasm = this.#exports();
    const length = wasm[`Get${which}BufferSize`]!(context);
    const at = wasm[`Get${which}Buffer`]!(context);
    const bytes = Buffer.from(this.#memory().slice(at, at + length));
    const bitsStored = wasm['GetBitsStored']!(context);
    wasm['ReleaseCodecsContext']!(context);
    return { bytes, bitsStored, damage: this.#damage };
  }

  #exports(): Exports {
    return this.#instance!.exports as unknown as Exports;
  }

  #memory(): ArrayBuffer {
    if (this.#instance === undefined) return new ArrayBuffer(0);
    return (this.#instance.exports['memory'] as WebAssembly.Memory).buffer;
  }

  #text(at: number, length: number): string {
    return Buffer.from(this.#memory(), at, length).toString('latin1');
  }

  #instantiate(): WebAssembly.Instance {
    const nothing = (): number => 0;
    const instance = new WebAssembly.Instance(this.#module, {
      env: {
        emscripten_notify_memory_growth: () => {
          if (this.#memory().byteLength <= memoryLimit) return;
          const message = `Decoding or encoding the frame takes more than ${memoryLimit / 1024 ** 2} MiB of memory.`;
          throw new BrokerError('too-large', message);
        },
        onCodecsInfo: (at: number, length: number) => {
          const remark = this.#text(at, length);
          if (damaged.test(remark)) this.#damage ??= remark.replace(/^.*::/, '').trim();
        },
        onCodecsTrace: nothing,
        onCodecsException: (at: number, length: number) => {
          throw new Error(this.#text(at, length).trim());
        },
      },
      wasi_snapshot_preview1: {
        environ_get: nothing,
        environ_sizes_get: (count: number, size: number) => {
          const view = new DataView(this.#memory());
          view.setUint32(count, 0, true);
          view.setUint32(size, 0, true);
          return 0;
        },
        clock_time_get: (_id: number, _precision: bigint, at: number) => {
          new DataView(this.#memory()).setBigUint64(at, BigInt(Date.now()) * 1_000_000n, true);
          return 0;
        },
        fd_write: (_file: number, vectors: number, count: number, written: number) => {
          const view = new DataView(this.#memory());
          let length = 0;
          for (let index = 0; index < count; index++) length += view.getUint32(vectors + index * 8 + 4, true);
          view.setUint32(written, length, true);
          return 0;
        },
        fd_close: nothing,
        fd_seek: nothing,
        proc_exit: (code: number) => {
          throw new Error(`the codec gave up (exit code ${code})`);
        },
      },
    });
    this.#instance = instance;
    (instance.exports['_initialize'] as () => void)();
    return instance;
  }
}

function nameOf(codec: Codec): string {
  return { Jpeg: 'JPEG', JpegLs: 'JPEG-LS', Jpeg2000: 'JPEG 2000', HtJpeg2000: 'HTJ2K', JpegXl: 'JPEG XL' }[
    codec
  ];
}

async function loadModule(): Promise<WebAssembly.Module> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  return WebAssembly.compile(await readFile(path));
}
