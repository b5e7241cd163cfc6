<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>DropVeil</name>
    <message numerus="yes">
        <source>Attach %n file(s) to this conversation</source>
        <translation>
            <numerusform>Attach %n file to this conversation</numerusform>
            <numerusform>Attach %n files to this conversation</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StorageSettings</name>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%n conversation</numerusform>
            <numerusform>%n conversations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversation(s) are deleted for good. This cannot be undone.</source>
        <translation>
            <numerusform>%n conversation is deleted for good. This cannot be undone.</numerusform>
            <numerusform>%n conversations are deleted for good. This cannot be undone.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TableRow</name>
    <message numerus="yes">
        <source>Table with %n row(s)</source>
        <translation>
            <numerusform>Table with %n row</numerusform>
            <numerusform>Table with %n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::AttachmentListModel</name>
    <message numerus="yes">
        <source>%n page(s) without text</source>
        <translation>
            <numerusform>%n page without text</numerusform>
            <numerusform>%n pages without text</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::StorageStatus</name>
    <message numerus="yes">
        <source>%n conversation(s)</source>
        <translation>
            <numerusform>%n conversation</numerusform>
            <numerusform>%n conversations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::TrashListModel</name>
    <message numerus="yes">
        <source>Deleted %1, %n day(s) left</source>
        <translation>
            <numerusform>Deleted %1, %n day left</numerusform>
            <numerusform>Deleted %1, %n days left</numerusform>
        </translation>
    </message>
</context>
</TS>
