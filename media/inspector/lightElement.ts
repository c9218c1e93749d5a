import { LitElement } from 'lit';

/**
 * An element that renders into the page itself: the inspector has one style sheet, codicons are one font, and ids that
 * `aria-activedescendant` names are in one scope.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): this {
    return this;
  }
}
