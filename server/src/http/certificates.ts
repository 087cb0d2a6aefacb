import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Files of one certificate, in PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** What is in them. */
export interface CertificateTexts {
  readonly cert: Buffer;
  readonly key: Buffer;
}

interface Loaded {
  readonly files: CertificateFiles;
  readonly mark: string;
  readonly texts: CertificateTexts;
  readonly context: SecureContext;
  readonly names: readonly string[];
}

/**
 * The certificates of a server, each for the names that it has. Files that change are read again; one that can't be used
 * changes nothing.
 */
export class Certificates {
  #loaded: readonly Loaded[];
  readonly #timer: NodeJS.Timeout;
  readonly #onError: (error: Error) => void;
  #changed: (texts: CertificateTexts) => void = () => {};

  /**
   * @param files - the first is for names that none has
   * @param onError - is told of files that can't be used once it serves
   * @throws {Error} if they can't be used now
   */
  constructor(files: readonly CertificateFiles[], onError: (error: Error) => void, interval = 5000) {
    this.#onError = onError;
    this.#loaded = files.map(load);
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  /** For clients that name no host. @param changed - is given what is read later */
  first(changed: (texts: CertificateTexts) => void): CertificateTexts {
    this.#changed = changed;
    return this.#first.texts;
  }

  /** For `SNICallback` of `node:tls`. */
  readonly choose = (name: string, answer: (error: Error | null, context?: SecureContext) => void): void =>
    answer(null, this.contextFor(name));

  /** The certificate for a host. */
  contextFor(host: string): SecureContext {
    const name = host.toLowerCase();
    const wild = name.replace(/^[^.]+/, '*');
    const found =
      this.#loaded.find(({ names }) => names.includes(name)) ?? this.#loaded.find(({ names }) => names.includes(wild));
    return (found ?? this.#first).context;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #first(): Loaded {
    return this.#loaded[0] as Loaded;
  }

  #look(): void {
    const before = this.#first;
    this.#loaded = this.#loaded.map((before) => {
      try {
        return markOf(before.files) === before.mark ? before : load(before.files);
      } catch (error) {
        this.#onError(error as Error);
        return before;
      }
    });
    if (this.#first !== before) this.#changed(this.#first.texts);
  }
}

function load(files: CertificateFiles): Loaded {
  const mark = markOf(files);
  try {
    const texts = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const context = createSecureContext({ ...texts, minVersion: 'TLSv1.2' });
    return { files, mark, texts, context, names: namesOf(new X509Certificate(texts.cert)) };
  } catch (error) {
    throw new Error(
      `The certificate ${files.cert} with the key ${files.key} can't be used: ${(error as Error).message}`,
    );
  }
}

const markOf = ({ cert, key }: CertificateFiles): string =>
  [cert, key]
    .map((file) => statSync(file))
    .map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`)
    .join();

function namesOf({ subject, subjectAltName }: X509Certificate): string[] {
  const alternatives = subjectAltName
    ?.split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : []));
  const names = alternatives ?? [/^CN=(.+)$/m.exec(subject)?.[1] ?? ''];
  return names.map((name) => name.toLowerCase());
}
