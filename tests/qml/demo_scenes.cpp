// SPDX-License-Identifier: Apache-2.0
// GalleryScenes: what a newcomer sees, every word by the model in the box.
#include "tests/qml/gallery_scenes.h"

namespace {

constexpr int kAnswerMs = 120000;

struct Question {
  int daysAgo;
  const char* words[2];  // English, Chinese
};

constexpr Question kQuestions[] = {
    {40, {"What is Fireside?", "Fireside 是什么？"}},
    {12, {"Which model should I install?", "应该安装哪个模型？"}},
    {6, {"Is my data private?", "我的数据安全吗？"}},
    {3, {"What are roles?", "什么是角色？"}},
    {1, {"How do I search my conversations?", "怎样搜索以前的对话？"}},
    {1, {"Which file formats can it read?", "支持哪些文件格式？"}},
    {0, {"How do I stop an answer?", "怎么停止回答？"}},
};

}  // namespace

void GalleryScenes::furnishWithAnswers() {
  const auto ready = [this] {
    host_.waitFor(
        [this] { return host_.app()->engine()->status() == gui::EngineController::Ready; },
        kAnswerMs);
  };
  ready();
  QList<int> ages;
  for (const Question& question : kQuestions) {
    host_.app()->newChat();
    ask(QString::fromUtf8(question.words[look_.chinese()]));
    ages.append(question.daysAgo);
  }
  spreadOverDays(ages);
  ready();
}

void GalleryScenes::demoAnswer() {
  furnishWithAnswers();
  ask(words("What can you do?", "你能做什么？"));
  ask(words("How do I summarise a PDF?", "怎样总结一个 PDF？"));
}

void GalleryScenes::demoSummary() {
  furnishWithAnswers();
  chat()->attachFiles(
      {QUrl::fromLocalFile(host_.sample(words("fireside-sample.pdf", "fireside-sample-zh.md")))});
  host_.waitFor(
      [this] { return chat()->attachments()->count() == 1 && !chat()->attachments()->reading(); });
  chat()->summarize();
  host_.waitFor([this] { return !chat()->busy(); }, kAnswerMs);
}

void GalleryScenes::demoRoles() {
  demoAnswer();
  click("roleChip");
  host_.waitFor([this] { return host_.find("roleList") != nullptr; });
}
