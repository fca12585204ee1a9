// A lexical index needs terms. These two types make the module usable without other imports.
@_exported public import struct QuarryText.Analyzer
@_exported public import enum QuarryText.Language
