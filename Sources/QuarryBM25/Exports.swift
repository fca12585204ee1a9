// A lexical index needs terms: with these two, the module is of use alone.
@_exported public import struct QuarryText.Analyzer
@_exported public import enum QuarryText.Language
