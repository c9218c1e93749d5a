import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { assertNever } from '../../src/base/assert';
import type { Disposable } from '../../src/base/lifecycle';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { specificationLink } from '../../src/protocol/specificationLink';
import { describeViolation } from '../../src/protocol/violations';
import './fieldTree.css';
import type { FieldRow, TreeRow, ViolationRow } from './fieldTreeModel';
import type { Highlight } from './highlight';
import './hoverCard';
import type { HoverCard } from './hoverCard';
import { LightElement } from './lightElement';
import { rowOfKey } from './rowKeys';
import { severityIcons } from './packetRow';
import { VirtualRows } from './virtualRows';

const rowHeight = 22;
/** Pixels a level is indented, as in VS Code's own trees. */
const indentation = 12;

/** The fields of one packet. Shares what is hovered and selected with the bytes through a {@link Highlight}. */
export class FieldTree extends LightElement {
  static override properties = {
    highlight: { attribute: false },
    version: { attribute: false },
  };

  highlight: Highlight | undefined = undefined;
  version: ProtocolVersion = 5;
  /** The row the keyboard is at, which may be a violation. */
  private active = -1;
  private rows: VirtualRows | undefined = undefined;
  private subscription: Disposable | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.subscription?.dispose();
    this.rows?.dispose();
  }

  override focus(): void {
    this.viewport.focus();
  }

  /** Goes to a row of the tree, such as that of a violation, and tells what it breaks unless a pointer does that. */
  activate(row: TreeRow, describes = true): void {
    const { highlight } = this;
    if (!highlight) return;
    this.active = highlight.model.rows.indexOf(row);
    highlight.select(row.field, row.kind === 'violation' ? row.violation.offset : row.field.start);
    this.rows?.reveal(this.active);
    this.requestUpdate();
    // Once it has scrolled to where it is.
    if (describes) requestAnimationFrame(() => this.describeActive());
  }

  /** What is at the keyboard. */
  get activeRow(): TreeRow | undefined {
    return this.highlight?.model.rows[this.active];
  }

  protected override render() {
    const rows = this.highlight?.model.rows ?? [];
    const items = this.rows?.items ?? [];
    return html`<div
        class="tree-viewport"
        role="tree"
        tabindex="0"
        aria-label="Fields of the packet"
        aria-activedescendant=${this.active >= 0 ? `field-${this.active}` : nothing}
        aria-describedby="field-card"
        data-vscode-context='{"webviewSection":"field","preventDefaultContextMenuItems":true}'
        @contextmenu=${(event: MouseEvent) => this.contextMenu(event)}
        @focusout=${() => this.card?.hide()}
        @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
        @click=${(event: MouseEvent) => this.clicked(event)}
        @pointermove=${(event: PointerEvent) => this.pointed(event)}
        @pointerleave=${() => this.left()}
        @wheel=${() => this.card?.hide()}
      >
        <div class="spacer" role="presentation">
          <div class="window" role="presentation">
            ${repeat(
              items,
              ({ key }) => key,
              ({ index }) => {
                const row = rows[index];
                return row ? this.row(row, index) : nothing;
              },
            )}
          </div>
        </div>
      </div>
      <mqtt-hover-card id="field-card" .version=${this.version}></mqtt-hover-card>`;
  }

  protected override firstUpdated(): void {
    this.rows = new VirtualRows({
      viewport: this.viewport,
      estimatedHeight: rowHeight,
      changed: () => this.requestUpdate(),
    });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('highlight')) {
      this.subscription?.dispose();
      this.active = -1;
      this.card?.hide();
      this.subscription = this.highlight?.onDidChange((change) =>
        change === 'select' ? this.selectionChanged() : this.mark(),
      );
      this.rowsChanged(true);
      this.rows?.toStart();
    }
    this.place();
    this.mark();
  }

  private get card(): HoverCard | null {
    return this.querySelector('mqtt-hover-card');
  }

  /** Where somebody went by keyboard and a rule is broken, that is told as it is to a pointer. */
  private describeActive(): void {
    const row = this.activeRow;
    const { highlight, card } = this;
    const element = this.querySelector<HTMLElement>(`#field-${this.active}`);
    if (!row || !highlight || !card || !element || !this.contains(document.activeElement)) return;
    const violations = highlight.model.violationsAt(row);
    if (violations.length === 0) card.hide();
    else card.show(row, violations, element);
  }

  private left(): void {
    this.highlight?.hover(undefined);
    this.card?.hide();
  }

  private contextMenu(event: MouseEvent): void {
    const hit = this.rowOf(event);
    if (hit) this.activate(hit.row, false);
    this.card?.hide();
  }

  private get viewport(): HTMLElement {
    return this.querySelector('.tree-viewport') as HTMLElement;
  }

  private rowsChanged(fresh: boolean): void {
    this.rows?.setCount(this.highlight?.model.rows.length ?? 0, fresh);
    this.requestUpdate();
  }

  /** Sizes and moves by CSSOM, which a strict Content Security Policy allows. */
  private place(): void {
    const { rows } = this;
    const spacer = this.querySelector<HTMLElement>('.spacer');
    const window = this.querySelector<HTMLElement>('.window');
    if (!rows || !spacer || !window) return;
    spacer.style.height = `${rows.height}px`;
    window.style.transform = `translateY(${rows.items[0]?.start ?? 0}px)`;
    const elements = this.querySelectorAll<HTMLElement>('.tree-row');
    for (const element of elements) {
      element.style.paddingInlineStart = `${Number(element.dataset['depth']) * indentation + 6}px`;
    }
    rows.measure(elements);
  }

  /** Marks the rows of the hovered and the selected field: with a byte of flags, those of its bits too. */
  private mark(): void {
    const { highlight } = this;
    const rows = highlight?.model.rows ?? [];
    const hoveredRow = highlight?.hovered ? highlight.model.indexOf(highlight.hovered) : -1;
    for (const element of this.querySelectorAll<HTMLElement>('.tree-row')) {
      const index = Number(element.dataset['index']);
      const field = rows[index]?.field;
      const isBit = field?.bits !== undefined && highlight?.model.parentOf(field) === highlight?.hovered;
      element.classList.toggle('hovered', index === hoveredRow || isBit);
      element.classList.toggle('selected', index === this.active);
      element.setAttribute('aria-selected', String(index === this.active));
    }
  }

  private selectionChanged(): void {
    const { highlight } = this;
    const field = highlight?.selected;
    if (!highlight || !field) return;
    // Selecting may have unfolded what is around the field.
    const index = highlight.model.indexOf(field);
    if (highlight.model.rows[this.active]?.field !== field) this.active = index;
    this.rowsChanged(false);
    this.rows?.reveal(this.active);
  }

  private row(row: TreeRow, index: number): TemplateResult {
    switch (row.kind) {
      case 'field':
        return this.fieldRow(row, index);
      case 'violation':
        return this.violationRow(row, index);
      default:
        return assertNever(row);
    }
  }

  private fieldRow(row: FieldRow, index: number): TemplateResult {
    const { field, label, value, depth, expanded, position, setSize } = row;
    const { bits, section } = field;
    const hasChildren = field.children.length > 0;
    const range = bits && (bits.high === bits.low ? `bit ${bits.high}` : `bits ${bits.high}-${bits.low}`);
    return html`<div
      class="tree-row field"
      role="treeitem"
      id="field-${index}"
      data-index=${index}
      data-depth=${depth}
      aria-level=${depth + 1}
      aria-posinset=${position}
      aria-setsize=${setSize}
      aria-expanded=${hasChildren ? String(expanded) : nothing}
    >
      <span
        class="twistie ${hasChildren ? `codicon codicon-chevron-${expanded ? 'down' : 'right'}` : ''}"
        aria-hidden="true"
      ></span>
      <span class="label">${label}</span>
      <span class="value">${value ?? nothing}</span>
      ${range ? html`<span class="bits">${range}</span>` : nothing}
      ${section ? this.reference(section, `§${section}${this.version === 3 ? ' of 3.1.1' : ''}`, 'section', index) : nothing}
    </div>`;
  }

  /**
   * A section or clause of the specification, which VS Code opens in the browser. Tab gets to that of the row that the
   * keyboard is at.
   */
  private reference(place: string, text: string, name: 'section' | 'clause', index: number): TemplateResult {
    const link = specificationLink(place, this.version);
    if (link === undefined) return html`<span class=${name}>${text}</span>`;
    return html`<a
      class=${name}
      href=${link}
      tabindex=${index === this.active ? 0 : -1}
      title="Open this place of the specification in the browser"
      >${text}</a
    >`;
  }

  private violationRow({ violation, depth }: ViolationRow, index: number): TemplateResult {
    const { message, cause, clause, severity } = describeViolation(violation, this.version);
    return html`<div
      class="tree-row violation ${severity}"
      role="treeitem"
      id="field-${index}"
      data-index=${index}
      data-depth=${depth}
      aria-level=${depth + 1}
    >
      <span class="codicon codicon-${severityIcons[severity]}" aria-label=${severity}></span>
      <span class="violation-text">
        <span class="message">${message} ${this.reference(clause, `[${clause}]`, 'clause', index)}</span>
        <span class="cause">Usual cause: ${cause}</span>
      </span>
    </div>`;
  }

  private rowOf(event: Event): { row: TreeRow; index: number } | undefined {
    const element = (event.target as Element).closest<HTMLElement>('.tree-row');
    const index = Number(element?.dataset['index'] ?? -1);
    const row = this.highlight?.model.rows[index];
    return row && { row, index };
  }

  private pointed(event: PointerEvent): void {
    const hit = this.rowOf(event);
    const { highlight } = this;
    highlight?.hover(hit?.row.field);
    const element = (event.target as Element).closest<HTMLElement>('.tree-row');
    if (hit && highlight && element)
      this.card?.showSoon(hit.row, highlight.model.violationsAt(hit.row), element);
  }

  private clicked(event: MouseEvent): void {
    const hit = this.rowOf(event);
    if (!hit) return;
    if (hit.row.kind === 'field' && (event.target as Element).closest('.twistie.codicon')) {
      this.setExpanded(hit.row, !hit.row.expanded);
    } else {
      this.activate(hit.row, false);
    }
  }

  private setExpanded(row: FieldRow, expanded: boolean): void {
    const { highlight } = this;
    const activeRow = highlight?.model.rows[this.active];
    highlight?.model.setExpanded(row.field, expanded);
    // The active row stays the same field, or goes to the one that now hides it.
    if (highlight && activeRow) this.active = highlight.model.indexOf(activeRow.field);
    this.rowsChanged(true);
  }

  private keyDown(event: KeyboardEvent): void {
    const rows = this.highlight?.model.rows ?? [];
    if (event.key === 'Escape') this.card?.hide();
    if (rows.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    // What it means on a link is the link's own.
    if (event.key === 'Enter' && event.target instanceof HTMLAnchorElement) return;
    const row = rows[this.active];
    const page = this.rows?.page ?? 1;
    const step = rowOfKey(event.key, this.active, page, rows.length);
    if (step !== undefined) {
      event.preventDefault();
      const target = rows[step];
      if (target) this.activate(target);
    } else if (row && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      this.foldOrMove(row, event.key === 'ArrowRight');
    } else if (row?.kind === 'field' && (event.key === ' ' || event.key === 'Enter')) {
      event.preventDefault();
      this.setExpanded(row, !row.expanded);
    }
  }

  private foldOrMove(row: TreeRow, forth: boolean): void {
    const { highlight } = this;
    if (!highlight) return;
    const foldable = row.kind === 'field' && row.field.children.length > 0;
    if (foldable && row.expanded !== forth) {
      this.setExpanded(row, forth);
      return;
    }
    const parent = row.kind === 'violation' ? row.field : highlight.model.parentOf(row.field);
    const index = forth ? (foldable ? this.active + 1 : -1) : parent ? highlight.model.indexOf(parent) : -1;
    const target = highlight.model.rows[index];
    if (target) this.activate(target);
  }
}

customElements.define('mqtt-field-tree', FieldTree);
