<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AnswerProgress</name>
    <message>
        <source>Preparing</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>正在回答</translation>
    </message>
</context>
<context>
    <name>AppKeys</name>
    <message>
        <source>Send the message</source>
        <translation>发送消息</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Paste without making an attachment</source>
        <translation>粘贴为文字，不转为附件</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Find in this conversation</source>
        <translation>在当前对话中查找</translation>
    </message>
    <message>
        <source>Choose a role</source>
        <translation>选择角色</translation>
    </message>
    <message>
        <source>Attach documents</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>复制最新的回答</translation>
    </message>
    <message>
        <source>Copy the last code block</source>
        <translation>复制最后一个代码块</translation>
    </message>
    <message>
        <source>Previous conversation</source>
        <translation>上一个对话</translation>
    </message>
    <message>
        <source>Next conversation</source>
        <translation>下一个对话</translation>
    </message>
    <message>
        <source>Move the conversation to the trash</source>
        <translation>将对话移到回收站</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation>显示或隐藏侧边栏</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Larger, smaller, usual text</source>
        <translation>放大、缩小、还原文字</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>显示此列表</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Edit the last message (in an empty input)</source>
        <translation>编辑上一条消息（输入框为空时）</translation>
    </message>
    <message>
        <source>Next, previous part of the window</source>
        <translation>切换到窗口的下一个、上一个区域</translation>
    </message>
    <message>
        <source>In the list: rename, move to the trash</source>
        <translation>在列表中：重命名、移到回收站</translation>
    </message>
    <message>
        <source>Export the conversation</source>
        <translation>导出对话</translation>
    </message>
</context>
<context>
    <name>AppearanceSettings</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Also with Ctrl++ and Ctrl+-</source>
        <translation>也可以用 Ctrl++ 和 Ctrl+-</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Enter sends the message</source>
        <translation>按 Enter 发送消息</translation>
    </message>
    <message>
        <source>Shift+Enter makes a new line</source>
        <translation>Shift+Enter 换行</translation>
    </message>
    <message>
        <source>Ctrl+Enter sends, Enter makes a new line</source>
        <translation>Ctrl+Enter 发送，Enter 换行</translation>
    </message>
    <message>
        <source>No fading, sliding or pulsing</source>
        <translation>不使用淡入淡出、滑动和闪烁效果</translation>
    </message>
    <message>
        <source>%1%</source>
        <comment>percent</comment>
        <translation>%1%</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>Counting tokens</source>
        <translation>正在计算 token 数</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Show the text of %1</source>
        <translation>查看 %1 的文字</translation>
    </message>
    <message>
        <source>Password of %1</source>
        <translation>%1 的密码</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This is the text the model reads. Check it when an answer surprises you.</source>
        <translation>这是模型读到的文字。回答出人意料时，可以在这里核对。</translation>
    </message>
    <message>
        <source>Text of %1</source>
        <translation>%1 的文字</translation>
    </message>
    <message>
        <source>Only the beginning is shown here; the model reads all of it.</source>
        <translation>这里只显示开头部分，模型会读取全文。</translation>
    </message>
</context>
<context>
    <name>AttachmentStrip</name>
    <message>
        <source>Attached documents</source>
        <translation>附件</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
</context>
<context>
    <name>ChatBanners</name>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Reload model</source>
        <translation>重新加载模型</translation>
    </message>
    <message>
        <source>Restart Fireside</source>
        <translation>重启 Fireside</translation>
    </message>
</context>
<context>
    <name>ChatHeader</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在当前对话中查找</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>CodeRow</name>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Ask about the documents, or summarise them</source>
        <translation>就附件提问，或者总结</translation>
    </message>
    <message>
        <source>Write a message, or drop documents here</source>
        <translation>输入消息，或将文档拖到这里</translation>
    </message>
    <message>
        <source>Attach documents</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Fireside does not read pictures. Recognise the text in it first (OCR) and paste that.</source>
        <translation>Fireside 不读取图片。请先做文字识别（OCR），再粘贴识别出的文字。</translation>
    </message>
</context>
<context>
    <name>ComposerInput</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Search results</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>The list could not be read</source>
        <translation>无法读取对话列表</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到结果</translation>
    </message>
    <message>
        <source>No conversations yet</source>
        <translation>还没有对话</translation>
    </message>
    <message>
        <source>Every message and title was searched.</source>
        <translation>已搜索所有消息和标题。</translation>
    </message>
    <message>
        <source>What you write is kept here, on this computer.</source>
        <translation>你的对话会保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
</context>
<context>
    <name>ConversationRow</name>
    <message>
        <source>answering</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>More about “%1”</source>
        <translation>“%1”的更多操作</translation>
    </message>
</context>
<context>
    <name>CopyButton</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>DaySection</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
</context>
<context>
    <name>DropVeil</name>
    <message numerus="yes">
        <source>Attach %n file(s) to this conversation</source>
        <translation>
            <numerusform>将 %n 个文件添加到当前对话</numerusform>
        </translation>
    </message>
    <message>
        <source>They are read on this computer. You see their size in tokens before anything is sent.</source>
        <translation>文件只在这台电脑上读取。发送之前会显示占用的 token 数。</translation>
    </message>
    <message>
        <source>Add this text to the message</source>
        <translation>将这段文字添加到消息中</translation>
    </message>
</context>
<context>
    <name>EngineDetails</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 token</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>%1 of %2 blocks</source>
        <translation>%1 / %2 块</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>%1 running, %2 waiting</source>
        <translation>%1 个进行中，%2 个等待中</translation>
    </message>
    <message>
        <source>Last answer</source>
        <translation>上次回答</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>%1 tokens reused, %2 computed</source>
        <translation>复用 %1 token，计算 %2 token</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>%1 tokens/s, first token after %2&#xa0;s</source>
        <translation>%1 token/秒，首个 token 用时 %2 秒</translation>
    </message>
</context>
<context>
    <name>EngineSettings</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程数</translation>
    </message>
    <message>
        <source>Empty: as long as the model and the memory allow</source>
        <translation>留空则取模型和内存允许的最大值</translation>
    </message>
    <message>
        <source>Empty: one per core</source>
        <translation>留空则每个核心一个线程</translation>
    </message>
    <message>
        <source>Longest context (tokens)</source>
        <translation>上下文长度上限（token）</translation>
    </message>
    <message>
        <source>Memory for contexts (MiB)</source>
        <translation>上下文占用内存上限（MiB）</translation>
    </message>
    <message>
        <source>Empty: what the weights leave free</source>
        <translation>留空则使用加载权重后剩余的内存</translation>
    </message>
    <message>
        <source>Share of the card&apos;s memory (%)</source>
        <translation>显存占用比例（%）</translation>
    </message>
    <message>
        <source>What the model and its contexts may take together. Empty: 90</source>
        <translation>模型和上下文合计最多占用多少显存。留空则为 90</translation>
    </message>
    <message>
        <source>Precision of the context cache</source>
        <translation>上下文缓存精度</translation>
    </message>
    <message>
        <source>8 bit: twice the context in the same memory, slightly less exact</source>
        <translation>8 位：同样的显存可容纳两倍上下文，精度略低</translation>
    </message>
    <message>
        <source>16 bit</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>8 bit</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>Same answer alone and in company</source>
        <translation>单独或并行，回答一致</translation>
    </message>
    <message>
        <source>The same question and seed give the same answer to the letter, whatever else is being answered. Slower, most of all with long documents.</source>
        <translation>无论同时还在回答什么，同样的问题和随机种子都会得到一字不差的回答。速度会变慢，读长文档时最明显。</translation>
    </message>
</context>
<context>
    <name>EngineWords</name>
    <message>
        <source>Reading the description</source>
        <translation>正在读取模型信息</translation>
    </message>
    <message>
        <source>Reading the tokenizer</source>
        <translation>正在读取分词器</translation>
    </message>
    <message>
        <source>Reading weights</source>
        <translation>正在读取权重</translation>
    </message>
    <message>
        <source>Copying weights to the GPU</source>
        <translation>正在将权重复制到显卡</translation>
    </message>
    <message>
        <source>Preparing the GPU</source>
        <translation>正在准备显卡</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>CPU, 1 thread, %1</source>
        <translation>CPU，1 个线程，%1</translation>
    </message>
    <message>
        <source>CPU, %1 threads, %2</source>
        <translation>CPU，%1 个线程，%2</translation>
    </message>
    <message>
        <source>no vector instructions</source>
        <translation>无向量指令</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>尚未加载模型。</translation>
    </message>
    <message>
        <source>There is not enough memory for this model. Choose a smaller one.</source>
        <translation>内存不足，无法加载这个模型。请选择更小的模型。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is encrypted. Enter its password to read it.</source>
        <translation>“%1”已加密，请输入密码。</translation>
    </message>
    <message>
        <source>The password for &apos;%1&apos; is not right. Enter it again.</source>
        <translation>“%1”的密码不正确，请重新输入。</translation>
    </message>
    <message>
        <source>The password for &apos;%1&apos; is too long to be one. Enter it again.</source>
        <translation>为“%1”输入的密码过长，请重新输入。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not a readable PDF: its structure is broken. Download or export it again.</source>
        <translation>“%1”不是可读的 PDF：文件结构已损坏。请重新下载或导出。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is incomplete: the end of the PDF is missing. Download or copy it again.</source>
        <translation>“%1”不完整：缺少 PDF 的末尾部分。请重新下载或复制。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not a PDF, although its name says so. Download it again, or rename it to what it is.</source>
        <translation>“%1”的扩展名是 PDF，内容却不是。请重新下载，或改成正确的扩展名。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a PDF without pages. Download or export it again.</source>
        <translation>“%1”是没有页面的 PDF。请重新下载或导出。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; has %2 pages, more than the %3 that Fireside reads. Split it and add the parts you need.</source>
        <translation>“%1”有 %2 页，超过 Fireside 可读取的 %3 页。请拆分后添加需要的部分。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; holds more than %2 of text, the most that Fireside reads from one file. Split it and add the parts you need.</source>
        <translation>“%1”的文字超过 %2，这是 Fireside 可从单个文件读取的上限。请拆分后添加需要的部分。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is %2, larger than the %3 that Fireside reads. Split it and add the parts you need.</source>
        <translation>“%1”的大小为 %2，超过 Fireside 可读取的 %3。请拆分后添加需要的部分。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; needs more than the 1 GB of memory that its reader may use. Split it and add the parts you need.</source>
        <translation>读取“%1”需要的内存超过 1 GB 上限。请拆分后添加需要的部分。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; has no text layer: its one page looks scanned. Recognise its text first (OCR, for example with OCRmyPDF) and add the result.</source>
        <translation>“%1”没有文字层：唯一的一页像是扫描件。请先做文字识别（OCR，例如用 OCRmyPDF），再添加识别后的文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; has no text layer: its %2 pages look scanned. Recognise its text first (OCR, for example with OCRmyPDF) and add the result.</source>
        <translation>“%1”没有文字层：%2 页都像是扫描件。请先做文字识别（OCR，例如用 OCRmyPDF），再添加识别后的文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a zip-based file (Word, OpenDocument, EPUB or an archive); export it as PDF or plain text and add that.</source>
        <translation>“%1”是基于 ZIP 的文件（Word、OpenDocument、EPUB 或压缩包）。请导出为 PDF 或纯文本后再添加。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is an old Microsoft Office file; export it as PDF or plain text and add that.</source>
        <translation>“%1”是旧版 Microsoft Office 文件。请导出为 PDF 或纯文本后再添加。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a rich-text (RTF) file; export it as PDF or plain text and add that.</source>
        <translation>“%1”是富文本（RTF）文件。请导出为 PDF 或纯文本后再添加。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a picture; recognise its text first (OCR) and add the result.</source>
        <translation>“%1”是图片。请先做文字识别（OCR），再添加识别后的文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a compressed archive; unpack it and add the files in it.</source>
        <translation>“%1”是压缩包。请解压后添加其中的文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a program; Fireside reads PDF and text files.</source>
        <translation>“%1”是程序文件。Fireside 可以读取 PDF 和文本文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a sound or video file; Fireside reads PDF and text files.</source>
        <translation>“%1”是音频或视频文件。Fireside 可以读取 PDF 和文本文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a database; Fireside reads PDF and text files.</source>
        <translation>“%1”是数据库文件。Fireside 可以读取 PDF 和文本文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; holds binary data, not text; Fireside reads PDF and text files.</source>
        <translation>“%1”的内容是二进制数据，不是文字。Fireside 可以读取 PDF 和文本文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is text in an encoding that Fireside does not recognise. Save it as UTF-8 and add it again.</source>
        <translation>无法识别“%1”的文字编码。请另存为 UTF-8 后重新添加。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is in the encoding GB18030, for which this system has no converter. Save it as UTF-8, or install libc-bin and the gconv modules of glibc.</source>
        <translation>“%1”使用 GB18030 编码，但系统缺少相应的转换模块。请另存为 UTF-8，或安装 libc-bin 和 glibc 的 gconv 模块。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; could not be read safely: %2. Open it in another program and save or print it as a new PDF, then add that.</source>
        <translation>无法安全地读取“%1”：%2。请用其他程序打开，另存或打印为新的 PDF 后再添加。</translation>
    </message>
    <message>
        <source>reading it led to an action that is not allowed (it may be made to attack)</source>
        <translation>读取时触发了不允许的操作（文件可能怀有恶意）</translation>
    </message>
    <message>
        <source>reading it took too much computing time</source>
        <translation>读取占用的计算时间过长</translation>
    </message>
    <message>
        <source>reading it took longer than %1 seconds</source>
        <translation>读取时间超过 %1 秒</translation>
    </message>
    <message>
        <source>the reader was stopped by the system (out of time or memory)</source>
        <translation>读取程序被系统终止（超时或内存不足）</translation>
    </message>
    <message>
        <source>its content crashed the reader (it is damaged, or made to attack)</source>
        <translation>文件内容导致读取程序崩溃（文件已损坏，或怀有恶意）</translation>
    </message>
    <message>
        <source>the reader gave up (it is damaged, or needs too much memory)</source>
        <translation>读取程序放弃读取（文件已损坏，或需要过多内存）</translation>
    </message>
    <message>
        <source>the reader answered with invalid data</source>
        <translation>读取程序返回了无效数据</translation>
    </message>
    <message>
        <source>&apos;%1&apos; cannot be read: %2. Check the disk it is on and copy it again.</source>
        <translation>无法读取“%1”：%2。请检查所在磁盘，并重新复制文件。</translation>
    </message>
    <message>
        <source>Documents cannot be read safely on this system: the kernel offers no seccomp (%1). Run Fireside outside the container, or allow seccomp there.</source>
        <translation>无法在这个系统上安全地读取文档：内核未提供 seccomp（%1）。请在容器外运行 Fireside，或在容器中允许 seccomp。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; was not found.</source>
        <translation>找不到“%1”。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; was not found. It may have been moved or renamed.</source>
        <translation>找不到“%1”，它可能已被移动或重命名。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; cannot be opened: %2. Check its permissions.</source>
        <translation>无法打开“%1”：%2。请检查文件权限。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a folder. Add the files in it instead.</source>
        <translation>“%1”是文件夹。请添加其中的文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is empty (0 bytes). Download or copy it again.</source>
        <translation>“%1”是空文件（0 字节）。请重新下载或复制。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; holds no text, only blanks. Check that it is the file you meant.</source>
        <translation>“%1”只有空白，没有文字。请确认是否选对了文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; was changed while it was read. Add it again when it is complete.</source>
        <translation>“%1”在读取过程中发生了变化。请等文件写完后重新添加。</translation>
    </message>
    <message>
        <source>the prompt has %1 tokens; the context holds %2, the answer included: shorten the prompt (this model cannot hold more)</source>
        <translation>提示词有 %1 token，而上下文最多 %2 token（包括回答）。请缩短提示词，这个模型的上限就是如此。</translation>
    </message>
    <message>
        <source>the prompt has %1 tokens; the context holds %2, the answer included: shorten the prompt or, where memory allows, raise the context length (this model goes up to %3)</source>
        <translation>提示词有 %1 token，而上下文最多 %2 token（包括回答）。请缩短提示词；内存允许时，也可以调大上下文长度（这个模型最大 %3）。</translation>
    </message>
    <message>
        <source>max_model_len is %1 tokens; this model allows %2</source>
        <translation>上下文长度设为 %1 token，而这个模型最大支持 %2。</translation>
    </message>
    <message>
        <source>the model needs %1 for its weights and %2 of workspace, but %3 of memory are available; close other programs or choose a smaller model</source>
        <translation>模型的权重需要 %1，运算另需 %2，但可用内存只有 %3。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>a KV cache of %1 does not fit: %2 of %3 are left beside the weights and the workspace; lower kv_cache_bytes, close other programs or choose a smaller model</source>
        <translation>放不下 %1 的 KV 缓存：%3 内存中，除去权重和运算所需只剩 %2。请调低上下文占用的内存，关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>a context of %1 tokens needs %2 of KV cache, but %3 are there for it; raise kv_cache_bytes or lower max_model_len</source>
        <translation>%1 token 的上下文需要 %2 的 KV 缓存，但只有 %3 可用。请调高上下文占用的内存，或调低上下文长度。</translation>
    </message>
    <message>
        <source>a context of %1 tokens needs %2 of KV cache, but %3 are there for it; lower max_model_len, close other programs or choose a smaller model</source>
        <translation>%1 token 的上下文需要 %2 的 KV 缓存，但只有 %3 可用。请调低上下文长度，关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>there is no folder %1; choose one that holds a model</source>
        <translation>文件夹 %1 不存在。请选择存放模型的文件夹。</translation>
    </message>
    <message>
        <source>%1 is a file; choose the folder that holds config.json and the weights</source>
        <translation>%1 是文件。请选择包含 config.json 和权重的文件夹。</translation>
    </message>
    <message>
        <source>%1 holds neither %2 nor %3; download the model&apos;s weights into it</source>
        <translation>%1 中既没有 %2，也没有 %3。请将模型权重下载到这个文件夹。</translation>
    </message>
    <message>
        <source>%1: the file %2 that the index names is missing; download it</source>
        <translation>%1：缺少索引中列出的文件 %2，请下载。</translation>
    </message>
    <message>
        <source>%1 holds its weights as %2 files; Fireside reads safetensors only, so get that form of the model</source>
        <translation>%1 中的权重是 %2 文件。Fireside 只能读取 safetensors，请获取该格式的模型。</translation>
    </message>
    <message>
        <source>tokenizer.json is missing; download it into the folder</source>
        <translation>缺少 tokenizer.json，请下载到模型文件夹。</translation>
    </message>
    <message>
        <source>its weights are %1; Fireside reads BF16, F16 and F32, so get an unquantised form of the model</source>
        <translation>权重格式为 %1。Fireside 只支持 BF16、F16 和 F32，请获取未量化的模型。</translation>
    </message>
    <message>
        <source>%1: &apos;quantization_config&apos; (method &apos;%2&apos;) is not supported; get the bf16 form of the model</source>
        <translation>%1：不支持量化模型（%2）。请获取 bf16 格式的模型。</translation>
    </message>
    <message>
        <source>%1 has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json), so it is no chat model; choose an Instruct model</source>
        <translation>%1 没有对话模板（chat_template.jinja，或 tokenizer_config.json 中的 chat_template），不是对话模型。请选择 Instruct 模型。</translation>
    </message>
    <message>
        <source>%1 is the chat template of %2; Fireside knows that of Qwen3-Instruct-2507 only</source>
        <translation>%1 是 %2 的对话模板。Fireside 目前只支持 Qwen3-Instruct-2507 的对话模板。</translation>
    </message>
    <message>
        <source>%1 is a chat template not known here (hash %2); Fireside knows that of Qwen3-Instruct-2507 only</source>
        <translation>%1 是未知的对话模板（哈希 %2）。Fireside 目前只支持 Qwen3-Instruct-2507 的对话模板。</translation>
    </message>
    <message>
        <source>device %1 cannot be used: %2</source>
        <translation>无法使用设备 %1：%2</translation>
    </message>
    <message>
        <source>there is no device %1; `fireside-cli doctor` lists the devices of this machine</source>
        <translation>设备 %1 不存在。运行 fireside-cli doctor 可查看本机的设备。</translation>
    </message>
    <message>
        <source>this build of Fireside has no CUDA library (%1 was not found beside the program); install a build with CUDA, or choose the device cpu</source>
        <translation>这个版本的 Fireside 不含 CUDA 库（程序目录中没有 %1）。请安装带 CUDA 的版本，或改用处理器。</translation>
    </message>
    <message>
        <source>no NVIDIA driver found: neither %1 nor %2 is there; install the driver if this machine has an NVIDIA GPU (in a container, start it with access to the GPU)</source>
        <translation>未找到 NVIDIA 驱动：%1 和 %2 都不存在。如果本机有 NVIDIA 显卡，请安装驱动（在容器中运行时，请允许容器访问显卡）。</translation>
    </message>
    <message>
        <source>the NVIDIA driver is too old: it supports CUDA %1, Fireside needs %2; update the driver</source>
        <translation>NVIDIA 驱动过旧：它支持 CUDA %1，而 Fireside 需要 %2。请更新驱动。</translation>
    </message>
    <message>
        <source>This was cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; cannot be read: %2. Check the disk it is on.</source>
        <translation>无法读取“%1”：%2。请检查所在磁盘。</translation>
    </message>
    <message>
        <source>%1: the architecture &apos;%2&apos; (model type &apos;%3&apos;) is not supported; Fireside runs %4, for instance %5</source>
        <translation>%1：不支持“%2”架构（模型类型 %3）。Fireside 可以运行 %4，例如 %5。</translation>
    </message>
    <message>
        <source>the model computed no finite numbers: its weights are broken; download the model again, or choose another one</source>
        <translation>模型算不出有限的数值：它的权重已损坏。请重新下载这个模型，或换一个模型。</translation>
    </message>
    <message>
        <source>%1 is a link to a file that is not there; download it again</source>
        <translation>%1 是一个链接，但它指向的文件不存在。请重新下载。</translation>
    </message>
    <message>
        <source>Demo (bundled)</source>
        <translation>演示模型（自带）</translation>
    </message>
    <message>
        <source>A small demo: knows Fireside, lists documents by page.</source>
        <translation>小型演示：回答关于 Fireside 的问题，并逐页列出文档的内容。</translation>
    </message>
    <message>
        <source>the NVIDIA driver is loaded, but its library %1 is missing; install the CUDA part of the driver (in a container, start it with access to the GPU)</source>
        <translation>NVIDIA 驱动已加载，但缺少它的库 %1。请安装驱动的 CUDA 部分（在容器中运行时，请允许容器访问显卡）。</translation>
    </message>
    <message>
        <source>no NVIDIA driver answers; install or load the driver</source>
        <translation>NVIDIA 驱动没有响应。请安装或加载驱动。</translation>
    </message>
    <message>
        <source>the driver sees no GPU (CUDA_VISIBLE_DEVICES may hide it); unset that variable or choose the device cpu</source>
        <translation>驱动没有找到显卡（可能被 CUDA_VISIBLE_DEVICES 隐藏）。请取消设置该变量，或改用处理器。</translation>
    </message>
    <message>
        <source>the driver does not work: %1; restart the machine or reinstall the driver</source>
        <translation>驱动无法工作：%1。请重启电脑或重新安装驱动。</translation>
    </message>
    <message>
        <source>compute capability %1 is too old: Fireside needs %2 (Ampere) or newer; choose another GPU or the device cpu</source>
        <translation>计算能力 %1 太旧，Fireside 需要 %2（Ampere）或更新的显卡。请换用其他显卡或处理器。</translation>
    </message>
    <message>
        <source>the GPU failed while %1: %2; reload the model, and restart Fireside if that does not help</source>
        <translation>显卡出错（%1：%2）。请重新加载模型；如果仍不行，请重启 Fireside。</translation>
    </message>
    <message>
        <source>the GPU has failed, and its driver lets only a new process use it again; restart Fireside (nothing that was said is lost), or choose the device cpu</source>
        <translation>显卡出现故障，其驱动程序只允许新进程再次使用它。请重启 Fireside（已有的内容不会丢失），或改用处理器。</translation>
    </message>
    <message>
        <source>the model does not fit on the GPU: weights %1 + workspace %2 + graphs %3 + KV cache %4 (%5 tokens) = %6, but %7 may be used (%8 free of %9); close other programs on the GPU, lower max_model_len or kv_cache_bytes, or choose the device cpu</source>
        <translation>显卡放不下这个模型：权重 %1 + 运算空间 %2 + 计算图 %3 + KV 缓存 %4（%5 token）= %6，但只能使用 %7（可用 %8，共 %9）。请关闭占用显卡的其他程序，调低上下文长度或上下文占用的内存，或改用处理器。</translation>
    </message>
    <message>
        <source>the GPU has no memory left, found while %1: %2; close other programs on the GPU, lower gpu_memory_utilization or max_model_len, or choose the device cpu</source>
        <translation>显存已用完（发生在：%1）。请关闭占用显卡的其他程序，调低显存占用比例或上下文长度，或改用处理器。详情：%2</translation>
    </message>
    <message>
        <source>the GPU cannot be used: %1</source>
        <translation>无法使用显卡：%1</translation>
    </message>
    <message>
        <source>there is no GPU %1; this machine has %2 (cuda:0 to %3)</source>
        <translation>没有显卡 %1；这台计算机有 %2 块（cuda:0 至 %3）。</translation>
    </message>
    <message>
        <source>the weight %1 is %2; the GPU computes with bf16 or f16 weights: choose the device cpu, or a checkpoint in bf16</source>
        <translation>权重 %1 的类型是 %2，而显卡只计算 bf16 或 f16 权重。请改用处理器，或使用 bf16 格式的模型。</translation>
    </message>
    <message>
        <source>the weight %1 is %2; on the GPU all matrices must have one type</source>
        <translation>权重 %1 的类型是 %2，而在显卡上所有矩阵的类型必须相同。请改用处理器，或使用 bf16 格式的模型。</translation>
    </message>
    <message>
        <source>head_dim is %1; the GPU computes heads of 64 and 128: choose the device cpu</source>
        <translation>这个模型的 head_dim 为 %1，显卡只支持 64 和 128。请改用处理器。</translation>
    </message>
    <message>
        <source>the GPU needs hidden and intermediate sizes that are multiples of 8 and at most 128 query heads for each key/value head; choose the device cpu</source>
        <translation>这个模型的尺寸不适合显卡（隐藏层与中间层须为 8 的倍数，每个键值头最多 128 个查询头）。请改用处理器。</translation>
    </message>
    <message>
        <source>kv_cache_dtype is %1; the CPU keeps its KV cache in float32 only: choose auto, or a GPU</source>
        <translation>KV 缓存类型设为 %1，而在处理器上只能用 float32。请选择“自动”，或改用显卡。</translation>
    </message>
    <message>
        <source>kv_cache_dtype is %1, but the model is in %2: choose auto or fp8</source>
        <translation>KV 缓存类型设为 %1，而模型是 %2。请选择“自动”或 fp8。</translation>
    </message>
    <message>
        <source>no model was chosen; name its folder</source>
        <translation>尚未选择模型，请选择模型文件夹。</translation>
    </message>
    <message>
        <source>loading was cancelled</source>
        <translation>加载已取消。</translation>
    </message>
    <message>
        <source>max_model_len is %1 tokens; the model allows %2 and the cache holds %3</source>
        <translation>上下文长度设为 %1 token，而模型允许 %2，缓存可容纳 %3。请在设置中调低。</translation>
    </message>
    <message>
        <source>max_model_len is %1, the model&apos;s limit is %2</source>
        <translation>上下文长度设为 %1 token，而模型最多 %2。请在设置中调低。</translation>
    </message>
    <message>
        <source>the system refused %1 MiB of memory for the %2; close other programs or choose a smaller model</source>
        <translation>系统拒绝为%2分配 %1 MiB 内存。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>%1: the tokenizer has %2 tokens, but vocab_size of config.json is %3; the files belong to different models</source>
        <translation>%1：分词器有 %2 token，而 config.json 中的 vocab_size 为 %3。这些文件属于不同的模型，请重新下载整个模型。</translation>
    </message>
    <message>
        <source>the tokenizer of %1 has no added token %2, which the chat template needs; get the file again</source>
        <translation>%1 的分词器缺少对话模板所需的 token %2。请重新下载该文件。</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; is %3, which Fireside does not know; use a model with a tokenizer of the Qwen2 or Qwen3 kind</source>
        <translation>%1：“%2”的值为 %3，Fireside 不支持。请使用 Qwen2 或 Qwen3 类分词器的模型。</translation>
    </message>
    <message>
        <source>%1: the field &apos;%2&apos; may change what the model computes, and Fireside does not know it; use an unmodified Qwen3 model</source>
        <translation>%1：字段“%2”可能改变模型的计算方式，而 Fireside 不认识它。请使用未经修改的 Qwen3 模型。</translation>
    </message>
    <message>
        <source>%1: %2 is not supported; Fireside computes the rope types &apos;default&apos; and &apos;yarn&apos;</source>
        <translation>%1：不支持 %2；Fireside 支持的位置编码类型为 default 和 yarn。请使用未经修改的 Qwen3 模型。</translation>
    </message>
    <message>
        <source>config.json: %1 is %2; on the CPU Fireside needs %3</source>
        <translation>config.json：%1 的值为 %2，而在处理器上要求为 %3。请选择其他模型。</translation>
    </message>
    <message>
        <source>the weights %1 and %2 are stored as %3 and %4; Fireside needs one dtype for both, use a checkpoint saved in one dtype</source>
        <translation>权重 %1 与 %2 的存储类型不同（%3 与 %4），而 Fireside 要求两者相同。请使用以单一类型保存的模型。</translation>
    </message>
    <message>
        <source>%1 is missing; the download is incomplete or it is another model</source>
        <translation>缺少 %1。下载不完整，或这是另一个模型。请重新下载。</translation>
    </message>
    <message>
        <source>%1 has the dtype %2; Fireside reads BF16, F16 and F32, so get an unquantised form</source>
        <translation>%1 的类型是 %2；Fireside 可读取 BF16、F16 和 F32，请使用未量化的版本。</translation>
    </message>
    <message>
        <source>%1 has the shape %2; config.json asks for %3</source>
        <translation>%1 的形状是 %2，而 config.json 要求 %3。请重新下载整个模型。</translation>
    </message>
    <message>
        <source>%1: the index says that %2 holds the tensor &apos;%3&apos;, but it does not</source>
        <translation>%1：索引称 %2 包含张量“%3”，但其中没有。请重新下载整个模型。</translation>
    </message>
    <message>
        <source>%1: %2; the file is broken, download it again</source>
        <translation>%1 已损坏，请重新下载。详情：%2</translation>
    </message>
    <message>
        <source>Fireside&apos;s own data is missing (looked in %1); install it again or set FIRESIDE_RESOURCES</source>
        <translation>缺少 Fireside 自身的数据（查找过 %1）。请重新安装，或设置 FIRESIDE_RESOURCES。</translation>
    </message>
    <message>
        <source>%1: no such file</source>
        <translation>找不到文件 %1。请重新下载，或选择其他模型。</translation>
    </message>
    <message>
        <source>cannot %1 %2: %3</source>
        <translation>无法读取 %2，请检查磁盘和权限。详情：%1，%3</translation>
    </message>
    <message>
        <source>%1 is not a file (a folder, pipe or device?)</source>
        <translation>%1 不是文件（可能是文件夹、管道或设备）。请选择其他文件。</translation>
    </message>
    <message>
        <source>%1 has %2 bytes; at most %3 are expected of such a file</source>
        <translation>%1 的大小为 %2 字节，而这类文件最多 %3 字节。请重新下载。</translation>
    </message>
    <message>
        <source>%1 changed while it was read: another program is writing it; wait until it is done, then try again</source>
        <translation>读取期间 %1 被其他程序改动了。请等它写完后重试。</translation>
    </message>
    <message>
        <source>%1 is not valid JSON (%2)</source>
        <translation>%1 不是有效的 JSON（%2），请重新下载。</translation>
    </message>
    <message>
        <source>%1 is not valid JSON</source>
        <translation>%1 不是有效的 JSON，请重新下载。</translation>
    </message>
    <message>
        <source>%1 is not a JSON object</source>
        <translation>%1 不是 JSON 对象，请重新下载。</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; is missing</source>
        <translation>%1 缺少“%2”，请重新下载。</translation>
    </message>
    <message>
        <source>the document reader cannot be started: %1. Close some documents or programs and try again.</source>
        <translation>无法启动文档读取程序，请关闭一些文档或程序后重试。详情：%1</translation>
    </message>
    <message>
        <source>a context of %1 tokens is too small to summarise this document of %2 tokens: instructions and role take %3, an answer %4, and two summaries of parts must fit beside them. Use a context of at least %5 tokens or a role with a shorter prompt.</source>
        <translation>%1 token 的上下文太小，无法总结这份 %2 token 的文档：指令和角色占 %3，回答占 %4，旁边还要放得下两份分段摘要。请使用至少 %5 token 的上下文，或提示更短的角色。</translation>
    </message>
    <message>
        <source>a context of %1 tokens is too small to summarise this document of %2 tokens: instructions take %3, an answer %4, and two summaries of parts must fit beside them. Use a context of at least %5 tokens.</source>
        <translation>%1 token 的上下文太小，无法总结这份 %2 token 的文档：指令占 %3，回答占 %4，旁边还要放得下两份分段摘要。请使用至少 %5 token 的上下文。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a socket or device, not a file.</source>
        <translation>“%1”是套接字或设备，不是文件。请添加普通文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a pipe or device, not a file. Save its content to a file first.</source>
        <translation>“%1”是管道或设备，不是文件。请先将内容保存为文件。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; cannot be examined: %2.</source>
        <translation>无法检查“%1”：%2。请检查磁盘和权限。</translation>
    </message>
    <message>
        <source>A value is not valid. Check the settings.</source>
        <translation>有一个值无效，请检查设置。</translation>
    </message>
    <message>
        <source>Something that is needed is not there. Check the folder, or choose another model.</source>
        <translation>缺少需要的内容，请检查文件夹，或选择其他模型。</translation>
    </message>
    <message>
        <source>A file is damaged or incomplete. Get it again.</source>
        <translation>文件已损坏或不完整，请重新获取。</translation>
    </message>
    <message>
        <source>Fireside does not support this. Use another file or model.</source>
        <translation>Fireside 不支持此内容，请换用其他文件或模型。</translation>
    </message>
    <message>
        <source>There is not enough memory. Close other programs, or use something smaller.</source>
        <translation>内存不足，请关闭其他程序，或换用更小的模型或文件。</translation>
    </message>
    <message>
        <source>This does not fit into the context. Shorten it, or choose a larger context in the settings.</source>
        <translation>内容超出上下文，请缩短内容，或在设置中选择更长的上下文。</translation>
    </message>
    <message>
        <source>This document needs its password. Enter it and try again.</source>
        <translation>这份文档需要密码，请输入密码后重试。</translation>
    </message>
    <message>
        <source>The computation failed. Load the model again.</source>
        <translation>计算失败，请重新加载模型。</translation>
    </message>
    <message>
        <source>The computation failed. Restart Fireside.</source>
        <translation>计算失败，请重启 Fireside。</translation>
    </message>
    <message>
        <source>Reading or writing failed. Check the disk and its permissions.</source>
        <translation>读写失败，请检查磁盘和权限。</translation>
    </message>
    <message>
        <source>Something went wrong inside Fireside. Try again, and start it anew if that does not help.</source>
        <translation>Fireside 内部出错，请重试；如仍出错，请重新启动。</translation>
    </message>
    <message>
        <source>the GPU failed while computing a step: %1; reload the model, and restart Fireside if that does not help</source>
        <translation>显卡计算时出错（%1）。请重新加载模型；如果仍不行，请重启 Fireside。</translation>
    </message>
    <message>
        <source>%1, gpu_memory_utilization %2</source>
        <translation>%1，显存占用比例 %2</translation>
    </message>
</context>
<context>
    <name>ErrorRow</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>This answer was not finished.</source>
        <translation>这个回答没有写完。</translation>
    </message>
</context>
<context>
    <name>ExportPicker</name>
    <message>
        <source>Export the conversation</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Markdown, what is shown (*.md)</source>
        <translation>Markdown，显示的内容 (*.md)</translation>
    </message>
    <message>
        <source>JSON, all versions and documents (*.json)</source>
        <translation>JSON，所有版本和文档 (*.json)</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>%1 tokens</source>
        <translation>%1 token</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>%1 pages</source>
        <translation>%1 页</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>Pages %1–%2</source>
        <translation>第 %1–%2 页</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 token/秒</translation>
    </message>
    <message>
        <source>first token %1 s</source>
        <translation>首个 token %1 秒</translation>
    </message>
    <message>
        <source>%1 reused, %2 computed</source>
        <translation>复用 %1，计算 %2</translation>
    </message>
    <message>
        <source>Later questions see these summaries, not the text</source>
        <translation>后续提问依据的是这些摘要，而不是原文</translation>
    </message>
    <message>
        <source>The document is longer than the model&apos;s context, so it was read section by section. Answers to further questions come from the section summaries below. To ask about the text itself, attach only the pages you need, or use a larger context.</source>
        <translation>文档超出模型的上下文长度，因此已逐节读完。后续提问将依据下面的章节摘要回答。如果想针对原文提问，请只添加需要的页面，或使用更大的上下文。</translation>
    </message>
    <message>
        <source>Summarise the document</source>
        <translation>总结文档</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 token</translation>
    </message>
</context>
<context>
    <name>FilePicker</name>
    <message>
        <source>Attach documents</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Documents and text (%1)</source>
        <translation>文档和文本文件 (%1)</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在当前对话中查找</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一处匹配</translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation>Shift+Enter</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>No matches</source>
        <translation>无匹配</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一处匹配</translation>
    </message>
</context>
<context>
    <name>FirstStart</name>
    <message>
        <source>Welcome to Fireside</source>
        <translation>欢迎使用 Fireside</translation>
    </message>
    <message>
        <source>Everything you write and drop here stays on this computer. The small demo model in the box answers questions about Fireside and lists what a document says. For real conversations, add a language model.</source>
        <translation>你输入的文字和拖入的文件都只留在这台电脑上。自带的小型演示模型可以回答关于 Fireside 的问题，并列出文档的内容。要真正聊天，请添加一个语言模型。</translation>
    </message>
    <message>
        <source>Try the demo model first</source>
        <translation>先试试演示模型</translation>
    </message>
</context>
<context>
    <name>FolderPicker</name>
    <message>
        <source>Folder with models</source>
        <translation>模型所在的文件夹</translation>
    </message>
</context>
<context>
    <name>FooterRow</name>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Stopped early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>Marked as a good answer. Press again to take it back</source>
        <translation>已标记为好的回答，再按一次取消</translation>
    </message>
    <message>
        <source>Marked as a bad answer. Press again to take it back</source>
        <translation>已标记为不好的回答，再按一次取消</translation>
    </message>
</context>
<context>
    <name>GetModel</name>
    <message>
        <source>8.0 GB to download. Reads and writes English, Chinese and many other languages, up to 262,144 tokens of context. Apache-2.0.</source>
        <translation>下载大小 8.0 GB。支持中文、英文等多种语言，上下文最长 262,144 token。Apache-2.0 许可。</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>打开下载页面</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>Put its files into a folder of their own in one of these places, or choose the folder that holds it:</source>
        <translation>把模型文件单独放进一个文件夹，存放在下列位置之一，或者直接选择模型所在的文件夹：</translation>
    </message>
</context>
<context>
    <name>Greeting</name>
    <message>
        <source>Drop PDFs or text files anywhere on the window to summarise them or ask about them.</source>
        <translation>把 PDF 或文本文件拖到窗口的任意位置，即可生成摘要或就内容提问。</translation>
    </message>
</context>
<context>
    <name>IconPicker</name>
    <message>
        <source>Speech bubble</source>
        <translation>对话气泡</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Quill</source>
        <translation>羽毛笔</translation>
    </message>
    <message>
        <source>Megaphone</source>
        <translation>扩音器</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>终端</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Globe</source>
        <translation>地球</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Book</source>
        <translation>书本</translation>
    </message>
    <message>
        <source>Light bulb</source>
        <translation>灯泡</translation>
    </message>
    <message>
        <source>Flask</source>
        <translation>烧瓶</translation>
    </message>
    <message>
        <source>Briefcase</source>
        <translation>公文包</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>信件</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>星形</translation>
    </message>
    <message>
        <source>Heart</source>
        <translation>爱心</translation>
    </message>
    <message>
        <source>Icon</source>
        <translation>图标</translation>
    </message>
</context>
<context>
    <name>JumpButton</name>
    <message>
        <source>Jump to the end</source>
        <translation>跳到末尾</translation>
    </message>
</context>
<context>
    <name>KeysPopover</name>
    <message>
        <source>Keyboard</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>en</source>
        <comment>the code of the language that this is translated to</comment>
        <translation>zh_CN</translation>
    </message>
    <message>
        <source>Show the sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Edit your message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>This can be sent when the answer that is being written has ended. Stop it to send now.</source>
        <translation>正在生成回答，结束后才能发送。停止回答即可立即发送。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
</context>
<context>
    <name>MessageMenu</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Restart Fireside</source>
        <translation>重启 Fireside</translation>
    </message>
    <message>
        <source>Get a model</source>
        <translation>获取模型</translation>
    </message>
    <message>
        <source>Another model</source>
        <translation>其他模型</translation>
    </message>
    <message>
        <source>Search for models again</source>
        <translation>重新查找模型</translation>
    </message>
    <message>
        <source>Searching for models</source>
        <translation>正在查找模型</translation>
    </message>
    <message>
        <source>Memory of %1</source>
        <translation>%1 的内存</translation>
    </message>
</context>
<context>
    <name>ModelRow</name>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Load %1</source>
        <translation>加载 %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Unload %1</source>
        <translation>卸载 %1</translation>
    </message>
</context>
<context>
    <name>NumberSetting</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Back to the conversation</source>
        <translation>返回对话</translation>
    </message>
</context>
<context>
    <name>ReloadBanner</name>
    <message>
        <source>The model has to be loaded again for this change. Answers in progress will stop and keep their text.</source>
        <translation>此更改需要重新加载模型。正在生成的回答会停止，已写出的内容会保留。</translation>
    </message>
    <message>
        <source>The model has to be loaded again for this change.</source>
        <translation>此更改需要重新加载模型。</translation>
    </message>
    <message>
        <source>Load again now</source>
        <translation>立即重新加载</translation>
    </message>
</context>
<context>
    <name>RichRow</name>
    <message>
        <source>Task</source>
        <translation>待办项</translation>
    </message>
</context>
<context>
    <name>RoleChangeRow</name>
    <message>
        <source>%1 answers from here on</source>
        <translation>以下由“%1”回答</translation>
    </message>
</context>
<context>
    <name>RoleEditor</name>
    <message>
        <source>Edit role</source>
        <translation>编辑角色</translation>
    </message>
    <message>
        <source>New role</source>
        <translation>新建角色</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Icon</source>
        <translation>图标</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>角色设定</translation>
    </message>
    <message>
        <source>What the model is told before every conversation: who it is, how it answers, what it avoids</source>
        <translation>每次对话前告诉模型的话：它是谁、怎样回答、避免什么</translation>
    </message>
    <message>
        <source>Greeting</source>
        <translation>开场白</translation>
    </message>
    <message>
        <source>Leave without saving?</source>
        <translation>不保存就离开？</translation>
    </message>
    <message>
        <source>The changes to this role are not saved.</source>
        <translation>对这个角色的修改尚未保存。</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>Delete “%1”?</source>
        <translation>删除“%1”？</translation>
    </message>
    <message>
        <source>The role is deleted for good. Conversations that used it stay.</source>
        <translation>角色将被永久删除，用过它的对话会保留。</translation>
    </message>
    <message>
        <source>Description, one line</source>
        <translation>一句话介绍</translation>
    </message>
    <message>
        <source>Suggested beginnings, one per line, up to four</source>
        <translation>建议的提问，每行一条，最多四条</translation>
    </message>
</context>
<context>
    <name>RoleMenu</name>
    <message>
        <source>Roles</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>New role</source>
        <translation>新建角色</translation>
    </message>
</context>
<context>
    <name>RoleRow</name>
    <message>
        <source>Make a copy of “%1” to change</source>
        <translation>复制“%1”并修改</translation>
    </message>
    <message>
        <source>Edit “%1”</source>
        <translation>编辑“%1”</translation>
    </message>
</context>
<context>
    <name>RoleSampling</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Top P</source>
        <translation>Top P</translation>
    </message>
    <message>
        <source>Top K</source>
        <translation>Top K</translation>
    </message>
    <message>
        <source>Min P</source>
        <translation>Min P</translation>
    </message>
    <message>
        <source>Set %1</source>
        <translation>设置 %1</translation>
    </message>
    <message>
        <source>%1: as the model suggests</source>
        <translation>%1：采用模型推荐值</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
</context>
<context>
    <name>SamplingLimits</name>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>每次随机</translation>
    </message>
    <message>
        <source>Longest answer (tokens)</source>
        <translation>回答长度上限（token）</translation>
    </message>
</context>
<context>
    <name>SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>For this conversation. Values in colour are set here; the others follow “%1”.</source>
        <translation>仅用于当前对话。彩色的值在这里设定，其余沿用“%1”。</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Top P</source>
        <translation>Top P</translation>
    </message>
    <message>
        <source>Top K</source>
        <translation>Top K</translation>
    </message>
    <message>
        <source>Min P</source>
        <translation>Min P</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Back to the role&apos;s values</source>
        <translation>恢复角色的设定值</translation>
    </message>
    <message>
        <source>0 always picks the most likely word; higher values vary more</source>
        <translation>0 总是选最可能的词，越高越多样</translation>
    </message>
    <message>
        <source>Picks among the most likely words that together reach this share</source>
        <translation>只在累计概率达到此比例的高概率词中选取</translation>
    </message>
    <message>
        <source>Picks among this many of the most likely words; 0 for all</source>
        <translation>只在概率最高的若干个词中选取，0 表示不限</translation>
    </message>
    <message>
        <source>Leaves out words that are less likely than this share of the most likely one</source>
        <translation>排除概率低于最可能的词乘以此比例的词</translation>
    </message>
    <message>
        <source>Above 1, words of the conversation come up again less; 1 changes nothing</source>
        <translation>大于 1 时，对话中出现过的词更少重复；1 表示不变</translation>
    </message>
    <message>
        <source>Above 0, words that the answer already has come up less; below 0, more</source>
        <translation>大于 0 时，回答中已有的词更少出现；小于 0 则更多</translation>
    </message>
    <message>
        <source>The same, and the stronger the more often a word was used</source>
        <translation>同上，而且一个词用得越多，作用越强</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
</context>
<context>
    <name>SendButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Appearance and writing</source>
        <translation>外观与输入</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Fireside %1 · Apache-2.0 · Nothing leaves this computer.</source>
        <translation>Fireside %1 · Apache-2.0 · 所有数据都留在这台电脑上。</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Hide the sidebar</source>
        <translation>隐藏侧边栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SliderRow</name>
    <message>
        <source>Back to the role&apos;s value: %1</source>
        <translation>恢复角色的设定值：%1</translation>
    </message>
</context>
<context>
    <name>SlimScrollBar</name>
    <message>
        <source>Scroll bar</source>
        <translation>滚动条</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>The model could not be used</source>
        <translation>无法使用该模型</translation>
    </message>
    <message>
        <source>%1 answers at once</source>
        <translation>同时生成 %1 个回答</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>%1 tok/s · first token %2 s</source>
        <translation>%1 token/秒 · 首个 token %2 秒</translation>
    </message>
    <message>
        <source>Engine: %1</source>
        <translation>引擎：%1</translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>Back to the usual value</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>Less</source>
        <translation>减小</translation>
    </message>
    <message>
        <source>More</source>
        <translation>增大</translation>
    </message>
</context>
<context>
    <name>StorageSettings</name>
    <message>
        <source>Copy the folder&apos;s path</source>
        <translation>复制文件夹路径</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%n 个对话</numerusform>
        </translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>空</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>清空回收站</translation>
    </message>
    <message>
        <source>Empty the trash?</source>
        <translation>清空回收站？</translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) are deleted for good. This cannot be undone.</source>
        <translation>
            <numerusform>%n 个对话将被永久删除，此操作无法撤销。</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Show the trash</source>
        <translation>查看回收站</translation>
    </message>
</context>
<context>
    <name>TableRow</name>
    <message numerus="yes">
        <source>Table with %n row(s)</source>
        <translation>
            <numerusform>%n 行的表格</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
</context>
<context>
    <name>TextMenu</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>TokenMeter</name>
    <message>
        <source>Tokens: %1</source>
        <translation>token：%1</translation>
    </message>
    <message>
        <source>This message %1, documents %2, conversation so far %3, of %4 tokens</source>
        <translation>本条消息 %1，附件 %2，之前的对话 %3，上限 %4 token</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>TrashPopover</name>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The trash is empty</source>
        <translation>回收站是空的</translation>
    </message>
    <message>
        <source>What you delete stays here for 30 days and can be brought back.</source>
        <translation>删除的对话会在这里保留 30 天，期间可以恢复。</translation>
    </message>
    <message>
        <source>Delete the conversation for good?</source>
        <translation>永久删除这个对话？</translation>
    </message>
    <message>
        <source>“%1” cannot be brought back after that.</source>
        <translation>删除后无法再恢复“%1”。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
</context>
<context>
    <name>TrashRow</name>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore “%1”</source>
        <translation>恢复“%1”</translation>
    </message>
    <message>
        <source>Delete “%1” for good</source>
        <translation>永久删除“%1”</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>UserRow</name>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>展开全部</translation>
    </message>
</context>
<context>
    <name>VersionSwitch</name>
    <message>
        <source>Earlier version</source>
        <translation>较早的版本</translation>
    </message>
    <message>
        <source>Version %1 of %2</source>
        <translation>第 %1 个版本，共 %2 个</translation>
    </message>
    <message>
        <source>Later version</source>
        <translation>较新的版本</translation>
    </message>
</context>
<context>
    <name>gui::AttachmentListModel</name>
    <message numerus="yes">
        <source>%n page(s) without text</source>
        <translation>
            <numerusform>%n 页没有文字</numerusform>
        </translation>
    </message>
    <message>
        <source>Only files on this computer can be attached. Save it first, then attach it.</source>
        <translation>只能添加这台电脑上的文件。请先保存到本机，再添加为附件。</translation>
    </message>
    <message>
        <source>[page %1]</source>
        <translation>[第 %1 页]</translation>
    </message>
    <message>
        <source>Only the beginning is shown here. The model reads everything.</source>
        <translation>这里只显示开头部分，模型会读取全文。</translation>
    </message>
</context>
<context>
    <name>gui::ChatSession</name>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文字</translation>
    </message>
    <message>
        <source>No model is loaded. Choose one to go on.</source>
        <translation>尚未加载模型，请先选择一个。</translation>
    </message>
    <message>
        <source>A document is still being read. Send when it is ready, or remove it.</source>
        <translation>还有附件正在读取。请等读取完成再发送，或者移除它。</translation>
    </message>
    <message>
        <source>Summary of %1</source>
        <translation>%1 摘要</translation>
    </message>
    <message>
        <source>Waiting for the model</source>
        <translation>正在等待模型</translation>
    </message>
    <message>
        <source>Reading prompt: %1 of %2</source>
        <translation>正在读取提示词：%1 / %2</translation>
    </message>
    <message>
        <source>A document is locked. Give its password, or remove it.</source>
        <translation>有文档已加密。请输入它的密码，或移除它。</translation>
    </message>
    <message>
        <source>A document could not be read. Remove it to go on.</source>
        <translation>有文档无法读取。请移除它再继续。</translation>
    </message>
</context>
<context>
    <name>gui::ConversationListModel</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Moved to the trash</source>
        <translation>已移到回收站</translation>
    </message>
    <message>
        <source>Moved to the trash: %1</source>
        <translation>已移到回收站：%1</translation>
    </message>
</context>
<context>
    <name>gui::DeviceList</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>The first graphics card that can be used: %1</source>
        <translation>使用第一块可用的显卡：%1</translation>
    </message>
    <message>
        <source>No graphics card can be used, so the processor</source>
        <translation>没有可用的显卡，因此使用处理器</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>可用 %1，共 %2</translation>
    </message>
    <message>
        <source>Processor: %1</source>
        <translation>处理器：%1</translation>
    </message>
</context>
<context>
    <name>gui::EngineController</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>运算空间</translation>
    </message>
    <message>
        <source>Graphs and libraries</source>
        <translation>计算图与运行库</translation>
    </message>
    <message>
        <source>Context cache</source>
        <translation>上下文缓存</translation>
    </message>
    <message>
        <source>%1 at %2 bit</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>%1 of the %2 that may be used</source>
        <translation>已用 %1，上限 %2</translation>
    </message>
</context>
<context>
    <name>gui::Export</name>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Attachment: %1 (pages: %2)</source>
        <translation>附件：%1（%2 页）</translation>
    </message>
    <message>
        <source>This folder is not there. Choose another one.</source>
        <translation>这个文件夹不存在。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>A folder has this name. Choose another one.</source>
        <translation>已有同名的文件夹。请换一个名称。</translation>
    </message>
    <message>
        <source>This disk can only be read. Choose a folder on another one.</source>
        <translation>这个磁盘是只读的。请选择其他磁盘上的文件夹。</translation>
    </message>
    <message>
        <source>You have no permission to write there. Choose another folder.</source>
        <translation>没有在那里写入的权限。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The disk is full. Make room, or choose a folder on another one.</source>
        <translation>磁盘已满。请腾出空间，或选择其他磁盘上的文件夹。</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>gui::Exporter</name>
    <message>
        <source>Choose a folder of this computer.</source>
        <translation>请选择这台电脑上的文件夹。</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>已保存到 %1</translation>
    </message>
    <message>
        <source>“%1” could not be saved. %2</source>
        <translation>无法保存“%1”。%2</translation>
    </message>
</context>
<context>
    <name>gui::FakeBackend</name>
    <message>
        <source>Demonstration</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>No model: a fixed text</source>
        <translation>未使用模型，固定文本</translation>
    </message>
</context>
<context>
    <name>gui::ModelListModel</name>
    <message>
        <source>%1 for the model and %2 for %3 of context, of %4 that may be used</source>
        <translation>模型占用 %1，%3 的上下文占用 %2，上限 %4</translation>
    </message>
</context>
<context>
    <name>gui::RoleListModel</name>
    <message>
        <source>The instructions have %L1 characters; at most %L2 are allowed.</source>
        <translation>角色设定有 %L1 个字符，最多允许 %L2 个。</translation>
    </message>
    <message>
        <source>A role needs a name.</source>
        <translation>请填写角色名称。</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1（副本）</translation>
    </message>
</context>
<context>
    <name>gui::StorageStatus</name>
    <message>
        <source>The database was damaged and could not be read. It is kept as %1; Fireside has started a new one.</source>
        <translation>数据库已损坏，无法读取。损坏的文件保留为 %1，Fireside 已新建一个数据库。</translation>
    </message>
    <message>
        <source>These conversations were written by a newer Fireside. They can be read here but not changed. Update Fireside to go on with them.</source>
        <translation>这些对话由更新版本的 Fireside 保存，在这里只能查看，不能修改。请更新 Fireside 后继续。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be written. Nothing from now on is kept after closing the window.</source>
        <translation>无法写入文件夹 %1。关闭窗口后，此后的内容都不会保留。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be written. Conversations can be read but not changed.</source>
        <translation>无法写入文件夹 %1。对话只能查看，不能修改。</translation>
    </message>
    <message>
        <source>The disk is full: there is no room for a copy of your conversations, which Fireside makes before it updates them. Free some space and start again; until then they can only be read.</source>
        <translation>磁盘已满：Fireside 升级对话数据前需要先备份，但空间不足。请释放一些空间后重新启动，在此之前对话只能查看。</translation>
    </message>
    <message>
        <source>Your conversations could not be updated to this version of Fireside (%1). They are unchanged and can only be read.</source>
        <translation>无法将你的对话升级到这个版本的 Fireside（%1）。对话没有改动，目前只能查看。</translation>
    </message>
    <message>
        <source>Your conversations cannot be opened (%1). Nothing from now on is kept after closing the window.</source>
        <translation>无法打开你的对话（%1）。关闭窗口后，此后的内容都不会保留。</translation>
    </message>
    <message>
        <source>The database was damaged. Saved from it: %1, %2. The damaged file is kept as %3.</source>
        <translation>数据库已损坏，从中恢复了 %1、%2。损坏的文件保留为 %3。</translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%n 个对话</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n 条消息</numerusform>
        </translation>
    </message>
    <message>
        <source>Another Fireside is using your conversations. Close it and start again; until then nothing said here is kept.</source>
        <translation>另一个 Fireside 正在使用你的对话。请关闭它再重新启动，在此之前，这里的内容都不会保留。</translation>
    </message>
</context>
<context>
    <name>gui::StoreError</name>
    <message>
        <source>This is no longer there.</source>
        <translation>内容已不存在。</translation>
    </message>
    <message>
        <source>Nothing can be saved: the data is open for reading only.</source>
        <translation>无法保存：数据以只读方式打开。</translation>
    </message>
    <message>
        <source>The disk is full. Nothing is lost as long as Fireside is open; free some space to save it.</source>
        <translation>磁盘已满。只要不关闭 Fireside，内容就不会丢失；请释放一些空间以便保存。</translation>
    </message>
    <message>
        <source>Another program is using Fireside&apos;s data. Close it and try again.</source>
        <translation>另一个程序正在使用 Fireside 的数据。请关闭它再重试。</translation>
    </message>
    <message>
        <source>The database is damaged. Close Fireside and open it again: it will repair what it can.</source>
        <translation>数据库已损坏。请关闭 Fireside 再重新打开，程序会尽可能修复。</translation>
    </message>
    <message>
        <source>The database cannot be opened: %1</source>
        <translation>无法打开数据库：%1</translation>
    </message>
    <message>
        <source>This data was written by a newer Fireside. Update Fireside to change it.</source>
        <translation>这些数据由更新版本的 Fireside 保存。请更新 Fireside 后再修改。</translation>
    </message>
    <message>
        <source>Reading or writing the database failed: %1</source>
        <translation>读写数据库失败：%1</translation>
    </message>
    <message>
        <source>The database refused: %1</source>
        <translation>数据库拒绝了操作：%1</translation>
    </message>
</context>
<context>
    <name>gui::SummaryRun</name>
    <message>
        <source>Planning</source>
        <translation>正在规划</translation>
    </message>
    <message>
        <source>Combining %1 section summaries</source>
        <translation>正在汇总 %1 个章节的摘要</translation>
    </message>
    <message>
        <source>Page %1 of %2</source>
        <translation>第 %1 页，共 %2 页</translation>
    </message>
    <message>
        <source>Part %1 of %2</source>
        <translation>第 %1 部分，共 %2 部分</translation>
    </message>
</context>
<context>
    <name>gui::TokenMeter</name>
    <message>
        <source>%1 + %2 of %3</source>
        <translation>%1 + %2 / %3</translation>
    </message>
    <message>
        <source>This is %1 tokens too long: the message and what came before take %2, and the model reads %3 at most, its answer included.</source>
        <translation>超出 %1 token：这条消息连同之前的内容共 %2 token，而模型最多能处理 %3 token（包括回答）。</translation>
    </message>
    <message>
        <source>Summarise the document instead: that reads every page, section by section</source>
        <translation>改为总结文档：逐节读完每一页</translation>
    </message>
    <message>
        <source>Remove an attachment</source>
        <translation>移除一个附件</translation>
    </message>
    <message>
        <source>Shorten the message</source>
        <translation>缩短消息</translation>
    </message>
    <message>
        <source>Start a new chat</source>
        <translation>开始新对话</translation>
    </message>
    <message>
        <source>Choose a larger context or another model in the settings</source>
        <translation>在设置中调大上下文，或换一个模型</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>gui::TrashListModel</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Deleted %1, goes at the next start</source>
        <translation>删除于 %1，下次启动时清除</translation>
    </message>
    <message numerus="yes">
        <source>Deleted %1, %n day(s) left</source>
        <translation>
            <numerusform>删除于 %1，还剩 %n 天</numerusform>
        </translation>
    </message>
</context>
</TS>
