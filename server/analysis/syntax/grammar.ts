/** Numbers of the grammar's node types, resolved once, and the tables that say how each type is lowered. */
import type { Language, Node } from "web-tree-sitter";
import type { Expr, Stmt } from "../ir.js";
import type { Lowerer } from "./lowerer.js";

/** Lowers an expression node. */
export type ExprHandler = (lo: Lowerer, node: Node) => Expr;
/** Lowers a statement node and appends what it gives. */
export type StmtHandler = (lo: Lowerer, node: Node, out: Stmt[]) => void;

/** Type number that the runtime gives to ERROR nodes. */
export const ERROR_TYPE = 65535;

/** The grammar's numbers. Reading a number costs one call over the WebAssembly border; reading a name also a look-up. */
export class Grammar {
  readonly argumentList: number;
  readonly aliasedImport: number;
  readonly asPattern: number;
  readonly assignment: number;
  readonly augmentedAssignment: number;
  readonly binaryOperator: number;
  readonly block: number;
  readonly booleanOperator: number;
  readonly casePattern: number;
  readonly caseClause: number;
  readonly classDefinition: number;
  readonly comment: number;
  readonly decoratedDefinition: number;
  readonly decorator: number;
  readonly dictionarySplat: number;
  readonly listSplatPattern: number;
  readonly dictionarySplatPattern: number;
  readonly dottedName: number;
  readonly elifClause: number;
  readonly elseClause: number;
  readonly exceptClause: number;
  readonly expressionList: number;
  readonly finallyClause: number;
  readonly formatExpression: number;
  readonly formatSpecifier: number;
  readonly forInClause: number;
  readonly functionDefinition: number;
  readonly generatorExpression: number;
  readonly identifier: number;
  readonly ifClause: number;
  readonly interpolation: number;
  readonly keywordArgument: number;
  readonly lambdaParameters: number;
  readonly lineContinuation: number;
  readonly list: number;
  readonly pair: number;
  readonly parameters: number;
  readonly parenthesizedExpression: number;
  readonly relativeImport: number;
  readonly string: number;
  readonly tuple: number;
  readonly type: number;
  readonly typeConversion: number;
  readonly typeParameter: number;
  readonly withClause: number;
  readonly withItem: number;
  readonly wildcardImport: number;

  /** By type number; empty where a type is no expression. */
  readonly expressions: (ExprHandler | undefined)[];
  /** By type number; empty where a type is no statement. */
  readonly statements: (StmtHandler | undefined)[];

  constructor(
    language: Language,
    expressions: Readonly<Record<string, ExprHandler>>,
    statements: Readonly<Record<string, StmtHandler>>,
  ) {
    const id = (name: string): number => {
      const found = language.idForNodeType(name, true);
      if (found === null)
        throw new Error(`The Python grammar has no node type "${name}": it does not fit this version.`);
      return found;
    };
    this.argumentList = id("argument_list");
    this.aliasedImport = id("aliased_import");
    this.asPattern = id("as_pattern");
    this.assignment = id("assignment");
    this.augmentedAssignment = id("augmented_assignment");
    this.binaryOperator = id("binary_operator");
    this.block = id("block");
    this.booleanOperator = id("boolean_operator");
    this.casePattern = id("case_pattern");
    this.caseClause = id("case_clause");
    this.classDefinition = id("class_definition");
    this.comment = id("comment");
    this.decoratedDefinition = id("decorated_definition");
    this.decorator = id("decorator");
    this.dictionarySplat = id("dictionary_splat");
    this.listSplatPattern = id("list_splat_pattern");
    this.dictionarySplatPattern = id("dictionary_splat_pattern");
    this.dottedName = id("dotted_name");
    this.elifClause = id("elif_clause");
    this.elseClause = id("else_clause");
    this.exceptClause = id("except_clause");
    this.expressionList = id("expression_list");
    this.finallyClause = id("finally_clause");
    this.formatExpression = id("format_expression");
    this.formatSpecifier = id("format_specifier");
    this.forInClause = id("for_in_clause");
    this.functionDefinition = id("function_definition");
    this.generatorExpression = id("generator_expression");
    this.identifier = id("identifier");
    this.ifClause = id("if_clause");
    this.interpolation = id("interpolation");
    this.keywordArgument = id("keyword_argument");
    this.lambdaParameters = id("lambda_parameters");
    this.lineContinuation = id("line_continuation");
    this.list = id("list");
    this.pair = id("pair");
    this.parameters = id("parameters");
    this.parenthesizedExpression = id("parenthesized_expression");
    this.relativeImport = id("relative_import");
    this.string = id("string");
    this.tuple = id("tuple");
    this.type = id("type");
    this.typeConversion = id("type_conversion");
    this.typeParameter = id("type_parameter");
    this.withClause = id("with_clause");
    this.withItem = id("with_item");
    this.wildcardImport = id("wildcard_import");

    // A name can have several numbers (aliases): each of them gets the handler.
    this.expressions = [];
    this.statements = [];
    for (let type = 0; type < language.types.length; type++) {
      const named = language.nodeTypeIsNamed(type);
      const name = language.types[type] ?? "";
      this.expressions.push(named && Object.hasOwn(expressions, name) ? expressions[name] : undefined);
      this.statements.push(named && Object.hasOwn(statements, name) ? statements[name] : undefined);
    }
  }
}
