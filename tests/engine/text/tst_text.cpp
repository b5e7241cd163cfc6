// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/engine/text/answer_text_test.h"
#include "tests/engine/text/chat_template_test.h"
#include "tests/engine/text/injection_test.h"
#include "tests/engine/text/sentencepiece_test.h"
#include "tests/engine/text/tokenizer_file_test.h"
#include "tests/engine/text/tokenizer_test.h"

int main(int argc, char** argv) {
  TokenizerTest tokenizer;
  TokenizerFileTest tokenizer_file;
  SentencePieceTest sentencepiece;
  ChatTemplateTest chat_template;
  InjectionTest injection;
  AnswerTextTest answer_text;
  int failures = QTest::qExec(&tokenizer, argc, argv);
  failures += QTest::qExec(&tokenizer_file, argc, argv);
  failures += QTest::qExec(&sentencepiece, argc, argv);
  failures += QTest::qExec(&chat_template, argc, argv);
  failures += QTest::qExec(&injection, argc, argv);
  failures += QTest::qExec(&answer_text, argc, argv);
  return failures;
}
