// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/math_text.h"

#include <QHash>
#include <algorithm>
#include <optional>

namespace gui {
namespace {

constexpr int kMaxDepth = 20;

const QHash<QString, QString>& symbols() {
  static const QHash<QString, QString> kSymbols = [] {
    QHash<QString, QString> table;
    const QString text = QStringLiteral(
        "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ "
        "lambda λ mu μ nu ν "
        "xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta "
        "Δ Theta Θ Lambda Λ "
        "Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ "
        "bullet • leq ≤ le ≤ "
        "geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ infty ∞ "
        "partial ∂ nabla ∇ "
        "sum ∑ prod ∏ int ∫ iint ∬ oint ∮ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq "
        "⊇ cup ∪ cap ∩ "
        "emptyset ∅ varnothing ∅ setminus ∖ forall ∀ exists ∃ neg ¬ land ∧ wedge ∧ lor ∨ vee ∨ "
        "oplus ⊕ otimes ⊗ perp ⊥ "
        "parallel ∥ mid ∣ angle ∠ to → rightarrow → longrightarrow ⟶ leftarrow ← leftrightarrow ↔ "
        "Rightarrow ⇒ "
        "implies ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ mapsto ↦ uparrow ↑ downarrow ↓ ldots … dots "
        "… cdots ⋯ vdots ⋮ "
        "ddots ⋱ prime ′ degree ° hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ langle ⟨ rangle ⟩ lfloor ⌊ rfloor "
        "⌋ lceil ⌈ rceil ⌉ "
        "lbrace { rbrace } vert | Vert ‖ checkmark ✓ therefore ∴ because ∵ top ⊤ bot ⊥ dagger † "
        "square □");
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i + 1 < words.size(); i += 2) {
      table.insert(words[i], words[i + 1]);
    }
    return table;
  }();
  return kSymbols;
}

// Commands that only say how their argument looks.
bool isStyle(const QString& name) {
  static const QStringList kNames = QStringLiteral(
                                        "text textbf textit textrm mathrm mathbf mathit mathsf "
                                        "mathtt mathcal mathbb mathfrak boldsymbol "
                                        "operatorname mbox bm boxed overline underline hat bar vec "
                                        "tilde dot ddot widehat underbrace "
                                        "overbrace displaystyle textstyle left right big Big bigg "
                                        "Bigg bigl bigr Bigl Bigr limits nolimits")
                                        .split(u' ');
  return kNames.contains(name);
}

// Superscript or subscript of every character, or nothing when one has none.
QString raised(const QString& text, bool up) {
  static const QString kPlain = QStringLiteral("0123456789+-=()niaex");
  static const QString kUp = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵉˣ");
  static const QString kDown = QStringLiteral("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢₐₑₓ");
  QString result;
  for (const QChar c : text) {
    const qsizetype at = kPlain.indexOf(c);
    if (at < 0) {
      return {};
    }
    result += (up ? kUp : kDown)[at];
  }
  return result;
}

class MathReader {
 public:
  explicit MathReader(QStringView latex) : latex_(latex) {}
  QString readAll() { return read(0, false).simplified(); }

 private:
  QString read(int depth, bool inGroup);
  QString argument(int depth);
  QString command(int depth);
  QString script(bool up, int depth);
  static QString inParentheses(const QString& text);

  const QStringView latex_;
  qsizetype pos_ = 0;
};

QString MathReader::inParentheses(const QString& text) {
  const bool simple = text.size() <= 1 || std::all_of(text.begin(), text.end(), [](QChar c) {
                        return c.isLetterOrNumber() || c == u'.' || c == u',';
                      });
  return simple ? text : u'(' + text + u')';
}

// Up to the end, or to the brace that closes the group.
QString MathReader::read(int depth, bool inGroup) {
  QString result;
  while (pos_ < latex_.size()) {
    const QChar c = latex_[pos_];
    if (c == u'}' && inGroup) {
      ++pos_;
      break;
    }
    if (c == u'\\') {
      result += command(depth);
    } else if ((c == u'^' || c == u'_') && depth < kMaxDepth) {
      ++pos_;
      result += script(c == u'^', depth);
    } else if (c == u'{' && depth < kMaxDepth) {
      ++pos_;
      result += read(depth + 1, true);
    } else {
      ++pos_;
      result += c == u'&' || c == u'~' ? QChar(u' ') : c;
    }
  }
  return result;
}

// A group, a command or one character.
QString MathReader::argument(int depth) {
  while (pos_ < latex_.size() && latex_[pos_].isSpace()) {
    ++pos_;
  }
  if (pos_ >= latex_.size() || depth >= kMaxDepth) {
    return {};
  }
  if (latex_[pos_] == u'{') {
    ++pos_;
    return read(depth + 1, true).trimmed();
  }
  return latex_[pos_] == u'\\' ? command(depth + 1) : QString(latex_[pos_++]);
}

QString MathReader::script(bool up, int depth) {
  const QString text = argument(depth);
  if (const QString small = raised(text, up); !small.isEmpty()) {
    return small;
  }
  if (up && (text == QStringLiteral("∘") || text == QStringLiteral("°"))) {
    return QStringLiteral("°");
  }
  if (up && text == QStringLiteral("′")) {
    return text;
  }
  return (up ? u'^' : u'_') + inParentheses(text);
}

QString MathReader::command(int depth) {
  const qsizetype start = pos_++;
  if (pos_ >= latex_.size()) {
    return QStringLiteral("\\");
  }
  if (!latex_[pos_].isLetter()) {
    const QChar c = latex_[pos_++];
    const bool blank = c == u'\\' || c == u',' || c == u';' || c == u':' || c == u'!' || c == u' ';
    return blank ? QString(c == u'!' ? QString() : QStringLiteral(" ")) : QString(c);
  }
  while (pos_ < latex_.size() && latex_[pos_].isLetter() && latex_[pos_].unicode() < 0x80) {
    ++pos_;
  }
  const QString name = latex_.mid(start + 1, pos_ - start - 1).toString();
  if (const auto symbol = symbols().constFind(name); symbol != symbols().constEnd()) {
    return *symbol;
  }
  if (name == QLatin1String("frac") || name == QLatin1String("dfrac") ||
      name == QLatin1String("tfrac")) {
    const QString top = argument(depth);
    return inParentheses(top) + u'/' + inParentheses(argument(depth));
  }
  if (name == QLatin1String("sqrt")) {
    return QStringLiteral("√") + inParentheses(argument(depth));
  }
  if (name == QLatin1String("begin") || name == QLatin1String("end")) {
    argument(depth);
    return QStringLiteral(" ");
  }
  if (name == QLatin1String("quad") || name == QLatin1String("qquad")) {
    return QStringLiteral("  ");
  }
  if (isStyle(name)) {
    if ((name == QLatin1String("left") || name == QLatin1String("right")) &&
        latex_.mid(pos_).startsWith(u'.')) {
      ++pos_;  // a bracket that is not drawn
    }
    return {};  // the argument follows as it is
  }
  static const QStringList kFunctions = QStringLiteral(
                                            "sin cos tan cot sec csc arcsin arccos arctan sinh "
                                            "cosh tanh log ln exp lim max min sup inf det "
                                            "dim ker gcd deg arg Pr mod bmod")
                                            .split(u' ');
  return kFunctions.contains(name) ? name : latex_.mid(start, pos_ - start).toString();
}

constexpr qsizetype kMaxInline = 200;

qsizetype runOf(QStringView text, qsizetype at, QChar c) {
  qsizetype end = at;
  while (end < text.size() && text[end] == c) {
    ++end;
  }
  return end - at;
}

// Where the code span that begins at `at` ends; behind its first marks when it is not closed.
qsizetype behindCode(QStringView text, qsizetype at) {
  const qsizetype marks = runOf(text, at, u'`');
  for (qsizetype i = at + marks; i < text.size();) {
    const qsizetype run = runOf(text, i, u'`');
    if (run == marks) {
      return i + run;
    }
    i += std::max<qsizetype>(run, 1);
  }
  return at + marks;
}

// "$5 and $10" are amounts: a formula has no blank inside its marks and something that only
// formulas have.
std::optional<MathSpan> dollarMath(QStringView text, qsizetype at) {
  const bool glued = at > 0 && (text[at - 1].isLetterOrNumber() || text[at - 1] == u'$');
  const QStringView rest = text.mid(at + 1, kMaxInline);
  const qsizetype end = rest.indexOf(u'$');
  const QStringView inside = rest.left(std::max<qsizetype>(end, 0));
  if (glued || inside.isEmpty() || inside.contains(u'\n') || inside.front().isSpace() ||
      inside.back().isSpace()) {
    return std::nullopt;
  }
  const qsizetype next = at + end + 2;
  const bool formula = (inside.size() == 1 && inside[0].isLetter()) ||
                       std::any_of(inside.begin(), inside.end(),
                                   [](QChar c) { return QStringView(u"\\^_{}=+<>").contains(c); });
  if (!formula || (next < text.size() && text[next].isLetterOrNumber())) {
    return std::nullopt;
  }
  return MathSpan{at, end + 2};
}

}  // namespace

std::vector<MathSpan> findMath(QStringView markdown) {
  std::vector<MathSpan> found;
  const auto closing = [&](qsizetype at, QStringView open,
                           QStringView close) -> std::optional<MathSpan> {
    if (!markdown.mid(at).startsWith(open)) {
      return std::nullopt;
    }
    const qsizetype end = markdown.indexOf(close, at + 2);
    return end < 0 ? std::nullopt : std::optional(MathSpan{at, end + 2 - at});
  };
  for (qsizetype i = 0; i < markdown.size();) {
    std::optional<MathSpan> span;
    if (markdown[i] == u'`') {
      i = behindCode(markdown, i);
      continue;
    }
    if (markdown[i] == u'\\') {
      span = closing(i, u"\\(", u"\\)");
      span = span ? span : closing(i, u"\\[", u"\\]");
    } else if (markdown[i] == u'$') {
      span = closing(i, u"$$", u"$$");
      span = span ? span : dollarMath(markdown, i);
    }
    if (span) {
      found.push_back(*span);
    }
    i += span ? span->length : markdown[i] == u'\\' ? 2 : 1;
  }
  return found;
}

QString mathText(QStringView latex) { return MathReader(latex).readAll(); }

}  // namespace gui
