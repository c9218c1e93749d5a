import { type ParseErrorCode, printParseErrorCode } from 'jsonc-parser';

/** What a parser of JSON found, in words; by its names, since the bundle has no enum. */
const words: Readonly<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'a word that is neither true, false nor null; text stands in double quotes',
  InvalidNumberFormat: 'a number that is written wrongly',
  PropertyNameExpected: 'a name in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a colon is missing here',
  CommaExpected: 'a comma is missing here',
  CloseBraceExpected: 'a closing brace } is missing here',
  CloseBracketExpected: 'a closing bracket ] is missing here',
  EndOfFileExpected: 'nothing may follow here',
  InvalidCommentToken: 'a comment that is written wrongly',
  UnexpectedEndOfComment: 'a comment that does not end',
  UnexpectedEndOfString: 'a text whose closing quote is missing',
  UnexpectedEndOfNumber: 'a number that breaks off',
  InvalidUnicode: 'a \\u without four hexadecimal digits',
  InvalidEscapeCharacter: 'a backslash before a character that needs none; \\\\ stands for a backslash',
  InvalidCharacter: 'a character that may not stand in a text',
  '<unknown ParseErrorCode>': 'it cannot be read',
};

export function parseProblem(code: ParseErrorCode): string {
  return words[printParseErrorCode(code)];
}
