"""The words of Leitai: what a contest is made of, as values without behaviour. No I/O here, and no import from below.

Glossary (one word for one thing; the column, the field and the JSON key are the same):

=================  ==================  ================================================================================
word               Chinese             meaning
=================  ==================  ================================================================================
competition        竞赛                what is announced: a name, a place, days; one or more events
event              赛项                one trade contested at a competition, with one scheme and one ranking
entrant            选手                a person who competes in an event; has a contestant number (参赛号)
delegation         代表队              who sends entrants, within a quota
mentor, leader     师傅, 领队          an entrant's master in the trade; the head of their delegation
scheme             评分方案            the rule by which marks become points, locked with a digest at the first mark
stage              阶段                theory (理论) or practice (实操), with a weight
criterion          评分模块            a task of a stage
sub-criterion      评分单元            what one judge marks for one entrant in one go: one score sheet
aspect             评分点              one thing looked at: measured, counted, chosen or judged
section            标准板块            a part of the standards specification (WSOS) that aspects belong to, with a weight
session            场次                a batch of entrants who compete at the same time
bench              工位                the place in the hall where an entrant works
draw               抽签                the seeded shuffle that gives each entrant a session and a bench
code               赛位码              session and bench as all judges and, while marking is blind, all boards know an entrant
panel              评分组              the judges who mark a sub-criterion
judge, chief judge 裁判, 裁判长        who marks; who reopens, and answers for all
score sheet        评分表              one judge's marks for one entrant and one sub-criterion
mark               评分                a judge's reading of one aspect, as recorded
reading            读数                a measured value, a count, a level: what is read before it becomes points
points             分数                what a reading gives by the scheme
seal               签字确认            a judge's sign-off of a score sheet; reopening (重新开启) undoes it, with a reason
retraction         撤回                a mark that its judge takes back within ten seconds; the one before it holds again
re-vote            重评                the panel judges an aspect again because its votes lie too far apart; both votes are kept
signature          手写签名            the name under a signed sheet by the hand of judge, competitor or chief judge
photograph         照片                a picture as evidence for an aspect
late entry         补录                a mark entered afterwards from a paper sheet, by somebody who is not its judge
ruling             裁定                the chief judge lets a mark count that stood without effect
quarantine         隔离                where marks of a tablet that was taken out of use stand until somebody decides
outbox             待发箱              what a tablet keeps until the server has named it in a receipt
rescue file        应急文件            an outbox as an encrypted file, carried to the desk when the network does not come back
notice, problem    通知, 问题          what the chief judge tells judges; what a judge signals, and is answered
ledger             台账                the append-only record of marks and of all that is done about them
checkpoint         校验点              the digest of a ledger up to a position, printed and checked
revision           版本号              counts what changed the standings of an event
standing           排名                an entrant's totals and place at a revision
tie                并列                equal on every key of the ranking: the place is shared
penalty            扣罚                points taken from the grand total for a breach
withdrawal         退赛                an entrant leaves the contest: at registration before any mark, in the ledger after it
scale              标准分              totals made comparable: WorldSkills-like, percent of the best, z-score
award              奖项                what a place, a share or a line brings: prizes, medals, a medallion
team standing      团体排名            a ranking of delegations
amendment          方案修订            another scheme in force after the first mark: previewed, applied whole, on record
publication        公布                an immutable numbered result list: draft (草稿), provisional (公示), official (正式)
board              大屏                a page for spectators: standings, teams, medals, benches, what was marked last, the podium
freeze             封榜                from now or a time on, everybody sees the standings as they were; staff see that it is on
reveal             揭榜                the result list step by step, from the last place or by award; has a rehearsal (彩排)
podium             颁奖台              the board that shows a reveal
presenter          主持人              who steps through a reveal, and is told what comes next
display            显示屏              a hall screen with a name, pointed at a board from the desk
theme              主题样式            how a competition dresses its boards: name, logo, two colours
prospect           形势                what the standings come to so far: awards, teams, places still possible (可达名次)
device             平板                a judge's enrolled tablet
recusal            回避                a judge does not mark entrants of their own employer
=================  ==================  ================================================================================
"""
