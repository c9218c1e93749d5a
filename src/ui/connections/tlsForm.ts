import type { PickStepItem, Step } from '../reporting/askSteps';
import { portablePath } from './certificatePath';
import type { ProfileScope } from './connectionProfile';
import { defaultTls, type TlsProfile } from './tlsProfile';

export type TlsField = 'trust' | 'ca' | 'client' | 'certificate' | 'key' | 'pfx';

type TlsAnswers = Readonly<Partial<Record<TlsField, string>>>;

const pem = { PEM: ['pem', 'crt', 'cer', 'key'], 'All files': ['*'] };
const pkcs12 = { 'PKCS #12': ['p12', 'pfx'], 'All files': ['*'] };

const examples: Readonly<Partial<Record<TlsField, string>>> = {
  ca: 'ca.pem',
  certificate: 'client.pem',
  key: 'client.key',
  pfx: 'client.p12',
};

const trustItems: readonly PickStepItem[] = [
  { value: 'system', label: 'Authorities of this computer', description: 'for servers on the internet' },
  { value: 'file', label: 'Authorities in a file…', description: 'CA or self-signed certificate, PEM' },
  { value: 'none', label: 'Do not verify', description: 'insecure: anybody in between can read and write' },
];

const clientItems: readonly PickStepItem[] = [
  { value: 'none', label: 'No client certificate' },
  { value: 'pem', label: 'Certificate and key…', description: 'PEM' },
  { value: 'pfx', label: 'Both in one file…', description: 'PKCS #12: .p12, .pfx' },
];

/** What is asked of a connection with TLS; `asked` says whether this one has it. Everything else stands in the settings. */
export function tlsSteps<K extends string>(
  edited: TlsProfile = defaultTls,
  asked: (answers: Readonly<Partial<Record<K | TlsField, string>>>) => boolean,
): readonly Step<K | TlsField>[] {
  const file = (key: TlsField, label: string, prompt: string, initial: string | undefined) => ({
    key,
    label,
    prompt,
    placeholder: `\${workspaceFolder}/certs/${examples[key] ?? ''}`,
    initial: () => initial ?? '',
    browse: key === 'pfx' ? pkcs12 : pem,
  });
  const needed = (path: string) => (path.trim() === '' ? 'A file is needed here.' : undefined);
  type Answers = Parameters<typeof asked>[0];
  const chosen = (answers: Answers, step: 'trust' | 'client', value: string) =>
    asked(answers) && (answers as TlsAnswers)[step] === value;
  return [
    {
      key: 'trust',
      label: 'Server Certificate',
      prompt: "Who may vouch for the server's certificate",
      items: trustItems,
      initial: () => (!edited.verify ? 'none' : edited.ca.length > 0 ? 'file' : 'system'),
      when: asked,
    },
    {
      ...file('ca', 'Authorities', 'File with the authorities (CA), PEM', edited.ca[0]),
      problem: needed,
      when: (answers) => chosen(answers, 'trust', 'file'),
    },
    {
      key: 'client',
      label: 'Client Certificate',
      prompt: 'Certificate to show to the server',
      items: clientItems,
      initial: () => (edited.pfx !== undefined ? 'pfx' : edited.certificate !== undefined ? 'pem' : 'none'),
      when: asked,
    },
    {
      ...file(
        'certificate',
        'Client Certificate',
        'File with the client certificate, PEM',
        edited.certificate,
      ),
      problem: needed,
      when: (answers) => chosen(answers, 'client', 'pem'),
    },
    {
      ...file(
        'key',
        'Client Key',
        'File with its key, PEM; leave it empty if it is in the same file',
        edited.key,
      ),
      when: (answers) => chosen(answers, 'client', 'pem'),
    },
    {
      ...file('pfx', 'Client Certificate', 'File with client certificate and key, PKCS #12', edited.pfx),
      problem: needed,
      when: (answers) => chosen(answers, 'client', 'pfx'),
    },
  ];
}

/** What was answered, on top of what the settings say and the form does not ask. */
export function answeredTls(
  answers: Readonly<Record<TlsField, string>>,
  edited: TlsProfile = defaultTls,
  scope: ProfileScope,
): TlsProfile {
  const path = (written: string) => (written.trim() === '' ? undefined : portablePath(written.trim(), scope));
  const { ca, systemCertificates } = edited;
  const file = path(answers.ca);
  const trusts: Readonly<Record<string, Pick<TlsProfile, 'ca' | 'systemCertificates' | 'verify'>>> = {
    system: { ca: [], systemCertificates: ca.length > 0 || systemCertificates, verify: true },
    file: {
      // One file is asked for; of several in the settings the others stay as long as the first does.
      ca: file === ca[0] ? ca : file === undefined ? [] : [file],
      systemCertificates: ca.length > 0 && systemCertificates,
      verify: true,
    },
    none: { ca, systemCertificates, verify: false },
  };
  const isPem = answers.client === 'pem';
  return {
    ...edited,
    ...(trusts[answers.trust] ?? { ca, systemCertificates, verify: true }),
    certificate: isPem ? path(answers.certificate) : undefined,
    key: isPem ? path(answers.key) : undefined,
    pfx: answers.client === 'pfx' ? path(answers.pfx) : undefined,
  };
}
