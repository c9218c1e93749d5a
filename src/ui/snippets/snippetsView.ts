import * as vscode from 'vscode';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import type { SnippetArgument } from '../../contributions/arguments';
import { commandLink, createTreeView, themeIcon } from '../vscodeBindings';
import { type PublishBlock, publishBlocks } from './snippetBlocks';
import type { SnippetFile, SnippetFiles } from './snippetFiles';

class FileNode {
  constructor(readonly file: SnippetFile) {}
}

class BlockNode implements SnippetArgument {
  readonly uri: string;
  readonly line: number;
  readonly version: number;

  constructor(
    readonly parent: FileNode,
    readonly block: PublishBlock,
    readonly index: number,
  ) {
    this.uri = parent.file.uri.toString();
    this.line = block.line;
    this.version = parent.file.version;
  }
}

type Node = FileNode | BlockNode;

/** The Snippets view: the `.mqtt` files of the workspace and the messages in them. */
export class SnippetsView implements vscode.TreeDataProvider<Node>, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly files: SnippetFiles) {
    this.held.add(files.onDidChange(() => this.changed.fire(undefined)));
    this.held.add(createTreeView<Node>('snippets', this));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node instanceof BlockNode) return [];
    if (node === undefined) return (await this.files.all()).map((file) => new FileNode(file));
    const { document } = node.file;
    return document ? publishBlocks(document).map((block, index) => new BlockNode(node, block, index)) : [];
  }

  getParent(node: Node): Node | undefined {
    return node instanceof BlockNode ? node.parent : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node instanceof FileNode ? fileItem(node) : blockItem(node);
  }

  dispose(): void {
    this.held.dispose();
  }
}

function fileItem({ file: { uri, document } }: FileNode): vscode.TreeItem {
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded);
  item.id = uri.toString();
  item.iconPath = vscode.ThemeIcon.File;
  item.command = { command: 'vscode.open', title: 'Open File', arguments: [uri] };
  const path = vscode.workspace.asRelativePath(uri);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  item.description = document ? folder : 'not UTF-8';
  item.tooltip = document ? path : `${path} is not UTF-8, so its messages cannot be read. Save it as UTF-8.`;
  return item;
}

function blockItem(node: BlockNode): vscode.TreeItem {
  const { title, request } = node.block;
  const topic = request.argument.text;
  const item = new vscode.TreeItem(title);
  item.id = `${node.uri}#${node.index}`;
  item.iconPath = themeIcon('send');
  item.description = title === topic ? '' : topic;
  item.tooltip = `PUBLISH ${topic}\nLine ${node.line + 1}`;
  item.contextValue = 'snippet';
  item.command = commandLink('openSnippet', 'Open Snippet', {
    uri: node.uri,
    line: node.line,
    version: node.version,
  });
  item.accessibilityInformation = { label: `${title}, publishes to ${topic}` };
  return item;
}
