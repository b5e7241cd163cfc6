// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/code_languages.h"

#include <vector>

namespace gui {
namespace {

QSet<QString> words(const char* text) {
  const QStringList list = QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
  return {list.begin(), list.end()};
}

using L = CodeLanguage;

const char kCKeywords[] =
    "alignas alignof and asm auto break case catch class co_await co_return co_yield concept const "
    "const_cast "
    "constexpr consteval constinit continue decltype default delete do dynamic_cast else enum "
    "explicit export extern "
    "false final for friend goto if import inline module mutable namespace new noexcept not "
    "nullptr operator or "
    "override private protected public register reinterpret_cast requires restrict return sizeof "
    "static "
    "static_assert static_cast struct switch template this thread_local throw true try typedef "
    "typeid typename union "
    "using virtual volatile while __global__ __device__ __host__ __shared__ NULL";
const char kCTypes[] =
    "bool char char8_t char16_t char32_t double float int long short signed unsigned void wchar_t "
    "size_t ssize_t "
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t string "
    "string_view vector map set "
    "array pair optional unique_ptr shared_ptr span half dim3";

std::vector<CodeLanguage> makeLanguages() {
  const QStringList slashes{QStringLiteral("//")};
  const QStringList hash{QStringLiteral("#")};
  const QString open = QStringLiteral("/*");
  const QString close = QStringLiteral("*/");
  const auto names = [](const char* text) { return QString::fromLatin1(text).split(u' '); };
  return {
      {names("cpp c++ cc cxx c h hpp cuda cu objc"), L::Mode::Code,
       L::HashDirectives | L::Calls | L::SingleIsChar, slashes, open, close, words(kCKeywords),
       words(kCTypes)},
      {names("python py python3 pycon"),
       L::Mode::Code,
       L::TripleQuotes | L::Calls,
       hash,
       {},
       {},
       words("False None True and as assert async await break case class continue def del elif "
             "else except finally "
             "for from global if import in is lambda match nonlocal not or pass raise return try "
             "while with yield"),
       words("bool bytes dict float frozenset int list object set str tuple type self cls Path "
             "Exception")},
      {names("javascript js jsx mjs typescript ts tsx"), L::Mode::Code, L::Backticks | L::Calls,
       slashes, open, close,
       words("abstract as async await break case catch class const continue debugger declare "
             "default delete do else "
             "enum export extends false finally for from function get if implements import in "
             "infer instanceof "
             "interface is keyof let namespace new null of private protected public readonly "
             "return satisfies set "
             "static super switch this throw true try type typeof undefined var void while with "
             "yield"),
       words("any boolean number string symbol unknown never object bigint Array Promise Map Set "
             "Record Partial")},
      {names("java kotlin kt scala csharp cs c#"), L::Mode::Code, L::Calls | L::SingleIsChar,
       slashes, open, close,
       words("abstract assert async await base break case catch class const continue data default "
             "do else enum extends "
             "false final finally for foreach fun if implements import in instanceof interface "
             "internal is lateinit "
             "namespace native new null object out override package private protected public "
             "readonly record ref "
             "return sealed static super switch synchronized this throw throws transient true try "
             "using val var "
             "virtual volatile when where while yield"),
       words("boolean bool byte char double float int long short void string String Integer Long "
             "Double List Map Set "
             "Object Optional decimal Int Unit Any")},
      {names("go golang"), L::Mode::Code, L::Backticks | L::Calls | L::SingleIsChar, slashes, open,
       close,
       words("break case chan const continue default defer else fallthrough false for func go goto "
             "if import interface "
             "iota map nil package range return select struct switch true type var"),
       words("any bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 "
             "rune string uint "
             "uint8 uint16 uint32 uint64 uintptr")},
      {names("rust rs"), L::Mode::Code, L::Calls | L::SingleIsChar, slashes, open, close,
       words("as async await break const continue crate dyn else enum extern false fn for if impl "
             "in let loop match "
             "mod move mut pub ref return self Self static struct super trait true type unsafe use "
             "where while"),
       words("bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec "
             "Option Result Box "
             "Rc Arc HashMap Some None Ok Err")},
      {names("bash sh shell zsh console shellsession dockerfile docker makefile make"),
       L::Mode::Code,
       L::Dollar,
       hash,
       {},
       {},
       words("if then else elif fi for while until do done case esac in function select return "
             "exit local export "
             "readonly declare set unset shift trap source alias FROM RUN CMD COPY ADD ENV WORKDIR "
             "EXPOSE ENTRYPOINT "
             "ARG USER VOLUME LABEL"),
       words("echo cd ls cat grep sed awk find sudo apt apt-get pip python python3 npm git docker "
             "curl wget tar mkdir "
             "rm cp mv chmod chown ssh cmake ninja make")},
      {names("json jsonc json5 jsonl"),
       L::Mode::Code,
       L::KeysBeforeColon,
       slashes,
       open,
       close,
       words("true false null"),
       {}},
      {names("yaml yml toml ini conf properties"),
       L::Mode::Code,
       L::KeysBeforeColon | L::DashInWords,
       hash,
       {},
       {},
       words("true false null yes no on off"),
       {}},
      {names("sql postgres postgresql mysql sqlite plsql"),
       L::Mode::Code,
       L::IgnoreCase | L::Calls,
       {QStringLiteral("--")},
       open,
       close,
       words("add all alter and as asc begin between by case check column commit constraint create "
             "cross database "
             "default delete desc distinct drop else end except exists explain false foreign from "
             "full group having "
             "if in index inner insert intersect into is join key left like limit natural not null "
             "offset on or "
             "order outer over partition pragma primary references replace returning right "
             "rollback select set "
             "table then transaction true union unique update using values view when where with"),
       words("bigint blob boolean char date datetime decimal double float int integer interval "
             "json numeric real "
             "serial smallint text time timestamp uuid varchar")},
      {names("html xml svg xhtml vue qrc plist markup"),
       L::Mode::Markup,
       0,
       {},
       QStringLiteral("<!--"),
       QStringLiteral("-->"),
       {},
       {}},
      {names("css scss less"),
       L::Mode::Code,
       L::KeysBeforeColon | L::DashInWords | L::Calls,
       slashes,
       open,
       close,
       words("important inherit initial unset auto none block inline flex grid absolute relative "
             "fixed sticky"),
       {}},
      {names("qml"), L::Mode::Code, L::KeysBeforeColon | L::Calls | L::Backticks, slashes, open,
       close,
       words("import property signal readonly required default alias function return if else for "
             "while var let const "
             "true false null undefined on as pragma component enum"),
       words("int real double bool string color url variant var list date point rect size font")},
      {names("cmake"),
       L::Mode::Code,
       L::IgnoreCase | L::Calls | L::Dollar,
       hash,
       {},
       {},
       words("if elseif else endif foreach endforeach while endwhile function endfunction macro "
             "endmacro return "
             "break continue block endblock and or not"),
       words("PUBLIC PRIVATE INTERFACE STATIC SHARED MODULE OBJECT REQUIRED QUIET COMPONENTS ON "
             "OFF TRUE FALSE")},
      {names("diff patch"), L::Mode::Diff, 0, {}, {}, {}, {}, {}},
  };
}

}  // namespace

const CodeLanguage* findCodeLanguage(const QString& name) {
  static const std::vector<CodeLanguage> kLanguages = makeLanguages();
  const QString wanted = name.toLower();
  for (const CodeLanguage& language : kLanguages) {
    if (language.names.contains(wanted)) {
      return &language;
    }
  }
  return nullptr;
}

}  // namespace gui
