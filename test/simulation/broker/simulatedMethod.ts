import { decodeUtf8, encodeUtf8 } from '../../../src/base/utf8';
import type {
  AccessControl,
  AuthenticationStep,
  ServerAuthentication,
  ServerAuthenticator,
} from '../../../src/broker/accessControl';
import { AuthenticationError, type AuthenticationExchange } from '../../../src/client/authentication';

export const simulatedMethod = 'simulated';

/** The last word of the server, which it has to be given for the client to believe it. */
const proof = 'proof';

/** How a method goes: how often the server asks, and how long it takes to think at most, in milliseconds. */
export interface MethodPlan {
  readonly questions: number;
  readonly thinks: number;
}

interface MethodWorld {
  later(milliseconds: number, action: () => void): void;
  between(least: number, most: number): number;
  complain(what: string): void;
}

/** Lets everybody in: by the method where a client has one, which counts its questions and expects the answers in their order. */
export function simulatedAccess(plan: MethodPlan, world: MethodWorld): AccessControl {
  const method: ServerAuthenticator = {
    method: simulatedMethod,
    begin: () => new Exchange(plan, world),
  };
  return { authenticate: () => true, methods: [method] };
}

class Exchange implements ServerAuthentication {
  private asked = 0;

  constructor(
    private readonly plan: MethodPlan,
    private readonly world: MethodWorld,
  ) {}

  respond(data: Uint8Array | undefined): AuthenticationStep | Promise<AuthenticationStep> {
    const { world, plan } = this;
    const text = data && decodeUtf8(data);
    if (text !== `answer ${this.asked}`) {
      world.complain(`the broker gave "${text ?? ''}" to a method that waits for answer ${this.asked}`);
    }
    const step = this.next();
    if (plan.thinks === 0) return step;
    return new Promise((resolve) => world.later(world.between(0, plan.thinks), () => resolve(step)));
  }

  private next(): AuthenticationStep {
    if (this.asked === this.plan.questions)
      return { kind: 'success', data: encodeUtf8(proof), userName: undefined };
    return { kind: 'continue', data: encodeUtf8(`question ${++this.asked}`) };
  }
}

/** A client's half, which takes its time as well. */
export class SimulatedExchange implements AuthenticationExchange {
  readonly initial = encodeUtf8('answer 0');
  private answered = 0;

  respond(data: Uint8Array | undefined): Uint8Array {
    const text = (data && decodeUtf8(data)) ?? '';
    if (text !== `question ${++this.answered}`) throw new AuthenticationError('malformedChallenge', text);
    return encodeUtf8(`answer ${this.answered}`);
  }

  finish(data: Uint8Array | undefined): void {
    const text = (data && decodeUtf8(data)) ?? '';
    if (text !== proof) throw new AuthenticationError('serverNotProven', text);
  }
}
