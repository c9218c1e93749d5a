import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What a certificate is made with on top of its name. */
export interface CertificateWish {
  /** Where it is good for: `DNS:localhost,IP:127.0.0.1`. */
  readonly hosts?: string;
  /** From when and until when, in OpenSSL's form `YYYYMMDDHHMMSSZ`; without it from now on for ten days. */
  readonly validity?: readonly [from: string, to: string];
}

/** Certificates made on the spot, in a folder of their own. */
export class CertificateFolder {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-certificates-'));
  readonly passphrase = 'correct horse';
  private made = 0;

  file(name: string): string {
    return path.join(this.folder, name);
  }

  read(name: string): Buffer {
    return fs.readFileSync(this.file(name));
  }

  write(name: string, text: string): string {
    fs.writeFileSync(this.file(name), text);
    return this.file(name);
  }

  /** `name.pem` and `name.key`: an authority. */
  authority(name: string): void {
    this.request(name, `/O=Acme/CN=${name}`);
    this.sign(name, name, 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign', undefined);
  }

  /** `name.pem` and `name.key`, signed by the authority `issuer`, or by itself where that is the same name. */
  certificate(name: string, issuer: string, { hosts, validity }: CertificateWish = {}): void {
    this.request(name, `/O=Acme/CN=${name}`);
    const extensions = hosts === undefined ? 'basicConstraints=CA:FALSE' : `subjectAltName=${hosts}`;
    this.sign(name, issuer, extensions, validity);
  }

  /** `name.encrypted.key`: the same key, which the passphrase opens. */
  encryptKey(name: string): string {
    const file = `${name}.encrypted.key`;
    this.openssl(
      'pkcs8',
      ...['-topk8', '-in', `${name}.key`, '-out', file, '-passout', `pass:${this.passphrase}`],
    );
    return this.file(file);
  }

  /** `name.p12`: certificate and key, which the passphrase opens. */
  pfx(name: string): string {
    this.openssl(
      'pkcs12',
      ...['-export', '-in', `${name}.pem`, '-inkey', `${name}.key`, '-out', `${name}.p12`],
      ...['-passout', `pass:${this.passphrase}`],
    );
    return this.file(`${name}.p12`);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private request(name: string, subject: string): void {
    this.openssl(
      'genpkey',
      ...['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`],
    );
    this.openssl('req', ...['-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`]);
  }

  private sign(
    name: string,
    issuer: string,
    extensions: string,
    validity: CertificateWish['validity'],
  ): void {
    this.write('extensions.cnf', extensions);
    const signer = issuer === name ? ['-selfsign'] : ['-cert', `${issuer}.pem`];
    // `openssl x509` can sign for the past from version 3.4 on only; `openssl ca` always could, and wants a register.
    this.write('index.txt', '');
    this.write('serial', (++this.made).toString(16).padStart(4, '0'));
    this.write(
      'ca.cnf',
      [
        '[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .',
        'default_md = sha256\npolicy = any\nunique_subject = no\nemail_in_dn = no\nrand_serial = yes',
        '[any]\norganizationName = optional\ncommonName = optional\n',
      ].join('\n'),
    );
    const dates =
      validity === undefined ? ['-days', '10'] : ['-startdate', validity[0], '-enddate', validity[1]];
    this.openssl(
      'ca',
      ...['-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.pem`],
      ...['-keyfile', `${issuer}.key`, '-extfile', 'extensions.cnf', ...signer, ...dates],
    );
  }

  private openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}
