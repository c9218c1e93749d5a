import type * as vscode from 'vscode';
import { assertNever } from '../../base/assert';
import { ClientError, type ClientFailure } from '../../client/clientFailure';
import { describeViolation, ProtocolViolation } from '../../protocol/violations';
import type { ErrorSink } from '../vscodeBindings';
import { showError } from './notifications';
import { unkeptSentence } from './sessionStoreFailure';

/** Tells the person that something failed in a way nobody foresaw, and the log all that is known of it. */
export function errorSink(log: vscode.LogOutputChannel): ErrorSink {
  return (what, error) => {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`${what}: ${error instanceof Error ? (error.stack ?? message) : message}`);
    void showError(`${what} failed: ${inWords(error) ?? `${message}.`} The log has the details.`, {
      caption: 'Show Log',
      run: () => log.show(),
    });
  };
}

/** The errors of a client in sentences; undefined for any other. Their own messages are words for the log. */
function inWords(error: unknown): string | undefined {
  if (error instanceof ProtocolViolation) {
    // Which version was spoken is not known here; the text of a rule is the same in all of them.
    const { message, cause } = describeViolation(error.violation, 5);
    return [message, cause]
      .filter((text) => text !== '')
      .map(asSentence)
      .join(' ');
  }
  return error instanceof ClientError ? endingInWords(error.failure) : undefined;
}

/** For commands that do not know of which connection they are; why it ended is told in full where it ended. */
function endingInWords(failure: ClientFailure): string {
  switch (failure.kind) {
    case 'transport':
      return `The connection broke: ${asSentence(failure.failure.detail)}`;
    case 'refusedByServer':
      return 'The server refused the connection.';
    case 'disconnectedByServer':
    case 'closedByServer':
      return 'The server ended the connection.';
    case 'notMqtt':
      return 'What answered is no MQTT server.';
    case 'protocol':
    case 'connectNotSendable':
      return asSentence(describeViolation(failure.violation, 5).message);
    case 'connectUnencodable':
      return `CONNECT cannot be encoded: ${asSentence(failure.detail)}`;
    case 'notDisconnected':
      return 'There is a connection already, or one is being made.';
    case 'sessionUnknown':
      return 'The server kept a session that this window knows nothing of.';
    case 'authenticationFailed':
      return 'The authentication with the server was given up.';
    case 'connackTimeout':
    case 'keepAliveTimeout':
      return 'The server did not answer in time.';
    case 'storeFailed':
      return unkeptSentence(failure.failure);
    case 'notConnected':
      return 'There is no connection, or it ended meanwhile.';
    default:
      return assertNever(failure);
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
