import { join } from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import { ByteFile } from './byteFile';
import { makeFolder } from './makeFolder';

/** Certificates with their keys in a folder that nobody else may look into. Rejects with the platform's error. */
export class CertificateFolder {
  constructor(private readonly folder: string) {}

  async read(name: string): Promise<string | undefined> {
    const bytes = await new ByteFile(this.fileOf(name)).read();
    return bytes && decodeUtf8(bytes);
  }

  async write(name: string, text: string): Promise<void> {
    makeFolder(this.folder);
    await new ByteFile(this.fileOf(name)).write(encodeUtf8(text));
  }

  private fileOf(name: string): string {
    return join(this.folder, `${name}.pem`);
  }
}
