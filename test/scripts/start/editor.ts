/** VS Code as `npm start` opened it. */
export interface Editor {
  /** One line for the person: where it is. */
  readonly shown: string;
  /** Resolves when it ended by itself, with the reason where that is not the person closing it. */
  readonly ended: Promise<string | undefined>;
  stop(): Promise<void>;
}

/** What a profile of VS Code starts with, where there is none yet: quiet, and without questions about this repository. */
export const firstSettings: Readonly<Record<string, unknown>> = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.openRepositoryInParentFolders': 'never',
};
