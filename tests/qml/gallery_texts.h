// SPDX-License-Identifier: Apache-2.0
// What the conversations in the pictures of the window say, in English and Chinese.
#pragma once

#include <iterator>

struct Talk {
  int daysAgo;
  const char* question[2];  // English, Chinese
  const char* answer[2];
};

inline constexpr Talk kTalks[] = {
    {40,
     {"Explain attention in one page", "用一页纸讲清注意力机制"},
     {"Each word looks at all words before it and takes from them what it needs. The cost is "
      "memory: every word keeps a "
      "key and a value.",
      "每个词都会回看前面的词，取走自己需要的信息。代价是内存：每个词都要保存一个键和一个值。"}},
    {12,
     {"Compare two laptop offers", "比较两台笔记本的报价"},
     {"The second offer is dearer but comes with twice the memory and three years of service.",
      "第二份报价更贵，但内存翻倍，还带三年保修。"}},
    {6,
     {"Plan for the release in May", "五月发布计划"},
     {"Freeze on the 3rd, translations until the 10th, release on the 17th.",
      "3 日冻结代码，10 日前完成翻译，17 日发布。"}},
    {3,
     {"Reply to the landlord about the heating", "给房东写信说暖气的事"},
     {"The heating has been off since Monday. Please let us know when somebody can look at it.",
      "暖气从周一起就不热了，请告知什么时候能来检修。"}},
    {1,
     {"Minutes of the design review", "设计评审会议纪要"},
     {"Decided: one window, one column of text. Open: the icon.",
      "已决定：一个窗口、一栏正文。待定：图标。"}},
    {1,
     {"Translate the data sheet", "翻译产品说明书"},
     {"Operating temperature: −10 to 45 °C. Memory: 16 GB.",
      "工作温度：−10 至 45 °C。内存：16 GB。"}},
    {0,
     {"Draft the agenda for Monday", "拟一份周一会议的议程"},
     {"One: the budget. Two: who joins the review. Three: dates.",
      "一、预算；二、评审人员；三、时间安排。"}},
};
inline constexpr int kNumTalks = static_cast<int>(std::size(kTalks));

inline constexpr const char* kSummary[2] = {
    "**In short:** the paper explains what a language model on your own computer does when you "
    "press Enter, why memory "
    "bandwidth decides its speed, what a long document costs, and where privacy ends.\n\n"
    "- Writing one token reads every weight once. A model of 8 GB therefore reaches at most 11 "
    "tokens/s on two channels of "
    "DDR5, 126 on a GeForce RTX 4090 and 600 on an H200 (p. 1).\n"
    "- A document of 32,768 tokens takes 4.8 GB beside the weights. A second question about it is "
    "not read again "
    "(p. 2).\n"
    "- What does not fit the context is read section by section, all of it, and each point names "
    "its page (p. 2).\n"
    "- Local does not mean secret: conversations are on the disk, a document can be hostile, and a "
    "model can be wrong "
    "(p. 2).\n"
    "- A summary gets better when it is said who reads it and in which form it should be (p. 3).\n",
    "**概要：**"
    "文章说明在自己的电脑上运行语言模型时，回车之后发生了什么，速度由什么决定，长文档要付出多少代价"
    "，以及隐私的边界在哪里。\n\n"
    "- 每写一个词元都要把全部权重读一遍。因此 8 GB 的模型在双通道 DDR5 上每秒最多 11 个词元，在 "
    "GeForce RTX 4090 上 126 个，在 H200 上 600 个。\n"
    "- 32,768 个词元的文档要在权重之外再占 4.8 GB；对同一份文档再次提问，不必重新阅读。\n"
    "- 放不进上下文的文档会逐节读完再汇总，而不是只挑几段。\n"
    "- 本地不等于保密：对话保存在硬盘上，文档可能怀有恶意，模型也会出错。\n"
    "- 说明给谁看、用什么形式，摘要会更好用。\n"};
