/** The documents that the client has open, and texts of those it has not, for turning offsets into positions. */
import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import type { TextChange } from "../analysis/engine-api.js";
import type { Locator } from "./diagnostics.js";
import { applyChanges } from "./positions.js";
import { fileOf, isOnDisk, uriOf } from "./uris.js";

/** A document with what an edit of it needs. */
export interface PlacedDocument {
  document: TextDocument;
  /** As the client writes it. */
  uri: string;
  /** Null when it is not open. */
  version: number | null;
}

/** Texts by the engine's file names. */
export class Documents implements Locator {
  private readonly opened = new Map<string, TextDocument>();
  private readonly closed = new Map<string, TextDocument>();
  /** Names of open documents that are not their URI's own. */
  private readonly names = new Map<string, string>();

  /** @param read text of a file that is not open; undefined when it cannot be read */
  constructor(private readonly read: (file: string) => string | undefined) {}

  /** A document was opened; returns the engine's name of it. */
  open(uri: string, language: string, version: number, text: string): string {
    let file = fileOf(uri);
    // The engine goes by the name's end; an unsaved document has none.
    if (!isOnDisk(file) && language === "python" && !file.endsWith(".py")) file += ".py";
    this.names.set(uri, file);
    this.opened.set(file, TextDocument.create(uri, language, version, text));
    this.closed.delete(file);
    return file;
  }

  /** A document was changed; returns the changes as the engine takes them, or undefined when it is not open. */
  change(file: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): TextChange[] | undefined {
    const document = this.opened.get(file);
    return document && applyChanges(document, changes, version);
  }

  close(file: string): void {
    const uri = this.opened.get(file)?.uri;
    if (uri) this.names.delete(uri);
    this.opened.delete(file);
  }

  /** The engine's name of a document, open or not. */
  fileOf(uri: string): string {
    return this.names.get(uri) ?? fileOf(uri);
  }

  /** Forgets texts of files that are not open: they may have changed. */
  forget(files?: readonly string[]): void {
    if (files) for (const file of files) this.closed.delete(file);
    else this.closed.clear();
  }

  isOpen(file: string): boolean {
    return this.opened.has(file);
  }

  /** The open document of that name. */
  get(file: string): TextDocument | undefined {
    return this.opened.get(file);
  }

  /** Names of all open documents. */
  openFiles(): string[] {
    return [...this.opened.keys()];
  }

  document(file: string): TextDocument | undefined {
    const known = this.opened.get(file) ?? this.closed.get(file);
    if (known) return known;
    const text = this.read(file);
    if (text === undefined) return undefined;
    const document = TextDocument.create(uriOf(file), "plaintext", 0, text);
    this.closed.set(file, document);
    return document;
  }

  uri(file: string): string {
    return this.opened.get(file)?.uri ?? uriOf(file);
  }

  /** Document, URI and version of a file. */
  placed(file: string): PlacedDocument | undefined {
    const document = this.document(file);
    if (!document) return undefined;
    const open = this.opened.get(file);
    return { document, uri: this.uri(file), version: open ? open.version : null };
  }
}
