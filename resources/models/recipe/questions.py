# SPDX-License-Identifier: Apache-2.0
"""The many ways in which people ask about Fireside: what a model that learns from nothing needs most.

Reads about.json (answers, held-out phrasings, a few questions) and questions_en.txt, questions_zh.txt
(many questions). Words are exchanged for others of the same meaning and lost at times, so that hardly a
question is drawn twice. Held-out phrasings never come out.
"""
from __future__ import annotations

import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).resolve().parent

# Words that may stand for each other in any question about Fireside.
SAME_EN = [
    "chat|conversation|discussion", "chats|conversations|discussions", "answer|reply|response", "answers|replies|responses",
    "change|alter|modify|adjust", "delete|remove|erase", "shortcut|hotkey|key combination", "window|screen",
    "begin|start", "show|display|list", "find|locate", "stop|halt|end", "fast|quick", "slow|sluggish", "big|large|huge",
    "small|little|tiny", "file|document|PDF", "files|documents|PDFs", "document|file|report|paper", "buy|purchase",
    "choose|pick|select", "create|make|set up", "use|employ", "computer|machine|PC|laptop", "explain|describe",
    "how do I|how can I|how could I|how would I|how does one|how to|what is the way to",
    "how can I|is there a way to|how am I supposed to|in what way can I|what do I do to", "where do I|where can I|in which place can I",
    "can I|could I|am I able to|is it possible to|may I|is there an option to|is there a possibility to",
    "I want to|I would like to|I need to|I'd like to|I wish to|I have to|I am trying to", "do not|don't", "what is|what's",
    "fireside|the program|this app|the application|this software|it", "model|language model|LLM", "question|prompt|message",
    "graphics card|GPU|video card", "copy|take over", "wrong|false|incorrect", "safe|secure", "picture|image|photo",
    "mistake|error|typo", "look for|search for|seek", "title|name", "text|words|writing", "cost|charge", "earlier|before|previously",
    "old|previous|past|older|earlier", "another|a different|some other", "which|what", "key|button|keyboard shortcut", "folder|directory",
    "stored|saved|kept", "tell me|let me know|say", "allowed|permitted", "supported|possible|available", "get|obtain|have",
    "bright|light|glaring", "dark|black", "letters|characters|font", "trash|recycle bin|bin", "internet|network|web", "need|require",
    "summarise|summarize|sum up|condense|shorten", "summary|digest|short version|gist", "summaries|digests", "role|persona",
    "roles|personas", "restore|recover|bring back|rescue", "attach|add|upload", "open|load", "try again|have another go|do it over", "terminal|shell|console|command line",
    "personas|characters|roles|modes", "system prompt|system message|hidden instructions", "recommend|suggest|advise", "install|set up|put on my machine", "works|functions", "bad|poor|unsatisfying",
]
SAME_ZH = [
    "怎么|如何|怎样|咋|要怎么|该怎么|应该怎么", "对话|聊天|会话|聊天记录", "回答|答案|回复", "修改|更改|改动|改", "删除|删掉|移除|清除", "快捷键|热键|按键",
    "可以|能|能够|可不可以|能不能", "我想|我要|我希望|我打算|我需要", "文档|文件|资料", "文件|文档|附件", "总结|概括|归纳|摘要", "查找|搜索|寻找|找",
    "显卡|GPU|独显", "模型|语言模型|大模型", "设置|设定|调整", "软件|程序|应用|这个工具", "安装|装|装上", "慢|缓慢|不快", "角色|身份|人设",
    "复制|拷贝", "问题|提问|消息", "哪里|哪儿|什么地方|何处", "什么|啥", "为什么|为何|怎么会|是什么原因", "保存|存放|储存|存", "以前的|过去的|之前的|旧的",
    "使用|用|利用", "电脑|机器|计算机", "告诉我|说说|讲讲", "新建|创建|开启|新开", "切换|更换|换|改换", "停止|中断|终止|停", "恢复|找回|还原|撤回来",
    "没有|没|缺", "需要|要|必须", "安全|保险|可靠", "支持|能用|兼容", "打开|开启|进入", "上传|添加|加入|传", "免费|不花钱|不要钱", "界面|窗口|画面",
    "语言|语种", "字体|字|文字", "标题|名称|名字", "有没有|是否有|有", "按什么键|按哪个键|用什么键", "哪些|什么|哪几种", "图片|照片|图像", "吗|么",
    "互联网|网络|外网", "一下|下|", "怎么办|该怎么办|如何处理|怎么解决", "列出|显示|展示", "选择|挑选|选", "准确|正确|可靠", "内容|东西|信息", "做什么|干什么|干嘛|干啥|做些什么", "列表|一览|清单|一览表", "运行|跑|跑起来|用",
    "不想要|不要|用不着", "系统提示词|系统消息|系统提示|系统指令", "安装了|装了|装好了", "看|查看|瞧瞧|看到", "这个软件|这软件|这款软件|这程序|这东西", "重新|再次|重头", "手机|移动设备",
]
# What people ask first, word for word.
COMMON = {
    "en": {
        "what": ["what is fireside", "what is Fireside", "what is this app", "what does fireside do", "tell me about fireside",
                 "what is this program", "what is this", "what's fireside", "what does this app do", "explain fireside"],
        "you": ["who are you", "what can you do", "what are you", "which model are you", "what can you help me with", "introduce yourself"],
        "better_model": ["which model should I install", "which models can I use", "how do I install a better model"],
        "privacy": ["is my data private", "is it private", "do you send my data anywhere"],
        "gpu": ["can I use my AMD card", "do I need a GPU", "does it run without a GPU", "which graphics cards work"],
        "summarise": ["how do I summarise a PDF", "how do I summarise a document", "how do I summarize a file"],
        "stop": ["how do I stop an answer", "how do I stop it"],
        "keys": ["which shortcuts are there", "how do I make a new line"],
        "formats": ["which files can you read", "which file formats are supported"],
        "where_data": ["where are my chats stored", "where is my data"],
    },
    "zh": {
        "what": ["Fireside 是什么", "Fireside是什么", "什么是 Fireside", "这个软件是什么", "这个软件能做什么", "Fireside 能做什么", "介绍一下 Fireside"],
        "you": ["你是谁", "你能做什么", "你会什么", "你是什么模型", "介绍一下你自己"],
        "better_model": ["可以用哪些模型", "该装哪个模型", "怎么装更好的模型"],
        "privacy": ["我的数据会上传吗", "我的数据安全吗"],
        "gpu": ["AMD 显卡能用吗", "需要显卡吗", "没有显卡能用吗"],
        "summarise": ["怎么总结 PDF", "怎么总结文档", "怎样概括一份文件"],
        "stop": ["怎么停止回答"],
        "keys": ["有哪些快捷键", "怎么换行"],
        "formats": ["能读哪些文件", "支持哪些文件格式"],
        "where_data": ["我的对话存在哪里"],
    },
}
SMALL = {"the", "a", "an", "please", "of", "to", "my", "in", "is", "do", "it", "this", "that", "for", "with", "me", "so", "very", "all", "now"}


def expand(template: str, rng: random.Random) -> str:
    """(a|b) becomes a or b, innermost first. A \\+ is a plus."""
    while match := re.search(r"\(([^()]*)\)", template):
        template = template[: match.start()] + rng.choice(match.group(1).split("|")) + template[match.end() :]
    return re.sub(r" +", " ", template.replace("\\+", "+").replace(" ?", " ")).strip()


def plain(text: str) -> str:
    """Without case, marks and manners: what makes two phrasings one."""
    text = re.sub(r"[^\w\u4e00-\u9fff]+", " ", text.lower()).strip()
    return re.sub(r"\b(please|hi|hello|now|what now|how)$|^(hi|hello|please|请问|你好) ?", "", text).strip()


class Questions:
    def __init__(self):
        self.facts: dict[str, dict] = json.loads((HERE / "about.json").read_text("utf-8"))
        for short in ("en", "zh"):
            self._read(short)
        self.held = {plain(text) for entry in self.facts.values() for short in ("en", "zh")
                     for kind in ("held_", "new_") for text in entry[kind + short]}
        self.same = {"en": [], "zh": []}
        for short, groups in (("en", SAME_EN), ("zh", SAME_ZH)):
            for group in groups:
                words = group.split("|")
                # The first word leads to the others; a word may lead to several groups.
                key = rf"(?<![\w]){re.escape(words[0])}(?![\w])" if short == "en" else re.escape(words[0])
                self.same[short].append((re.compile(key), words))

    def _read(self, short: str) -> None:
        entry: dict = {}
        for line in (HERE / f"questions_{short}.txt").read_text("utf-8").splitlines():
            if line.startswith("@ "):
                entry = self.facts[line[2:].strip()]
            elif line.startswith(("np:", "vp:")):
                known = entry[f"{line[:2]}_{short}"]
                known += [part.strip() for part in line[3:].split(";") if part.strip() and part.strip() not in known]
            elif line.strip() and not line.startswith("#"):
                entry["ask_" + short].append(line.strip())

    def things(self, short: str) -> set[str]:
        """Words that belong to some fact; no other question is to be about them."""
        text = " ".join(part for entry in self.facts.values() for key in ("np_", "vp_") for part in entry[key + short])
        return {word.lower() for word in re.findall(r"[A-Za-z]{4,}", text)}

    def vary(self, text: str, short: str, rng: random.Random) -> str:
        if rng.random() < 0.35:
            return text
        for pattern, words in rng.sample(self.same[short], len(self.same[short])):
            if rng.random() < 0.4 and pattern.search(text):
                text = pattern.sub(lambda _: rng.choice(words), text, count=1)
        if short == "en" and rng.random() < 0.25:
            words = text.split(" ")
            small = [i for i, word in enumerate(words) if word.lower() in SMALL]
            if small and len(words) > 3:
                del words[rng.choice(small)]
                text = " ".join(words)
        return text

    def draw(self, fact: str, short: str, frames, rng: random.Random, things: bool = True) -> str:
        """A training question. frames(kind): a frame with {np} or {vp} in it. things: also of a thing alone ("What about
        ...?"), which beside a document is a question about that."""
        entry = self.facts[fact]
        while True:
            common = COMMON[short].get(fact)
            if common and rng.random() < 0.3:  # as they stand
                text = rng.choice(common)
                if plain(text) not in self.held:
                    return text
            draw = rng.random()
            if draw < 0.62:
                text = expand(rng.choice(entry["ask_" + short]), rng)
            else:
                kind = "np" if things and draw < 0.81 else "vp"
                text = frames(kind).replace("{" + kind + "}", rng.choice(entry[f"{kind}_{short}"]))
            text = self.vary(text, short, rng)
            if plain(text) not in self.held:
                return text
