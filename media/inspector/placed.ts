import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';

class Placed extends Directive {
  private top: number | undefined = undefined;

  render(_top: number): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [top]: [number]): typeof noChange {
    if (top !== this.top) (element as HTMLElement).style.top = `${top}px`;
    this.top = top;
    return noChange;
  }
}

/**
 * Puts an element so many pixels below the upper edge: by CSSOM, which a strict Content Security Policy allows. Lit's own
 * `styleMap` writes an attribute first.
 */
export const placed = directive(Placed);
