// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class ChatTemplateTest : public QObject {
  Q_OBJECT
 private slots:
  void renders_data();
  void renders();
  void renders_the_golden_chats();
  void keeps_content_apart();
  void refuses_other_templates();
  void refuses_published_templates_by_name();
  void finds_the_template_of_a_folder();
  void refuses_messages_data();
  void refuses_messages();
  void encoder_needs_the_tokens_of_the_template();
  void encoder_without_a_template_encodes_text_data();
  void encoder_without_a_template_encodes_text();
  void encoder_puts_template_and_tokens_together();
};
