/** The part of VS Code's log channel that is used. Nothing secret is ever passed to it: no password, no payload. */
export interface LogSink {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
